"""Lua versions as in paths of modules and rocks, and the rocks that an interpreter provides.

LuaRocks looks up provided rocks by name before trees; a provided rock hides all others of its name,
even if its version does not satisfy the dependency.
"""

from __future__ import annotations

from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaTable
from distrorocks.rocks.quotation import quoted
from distrorocks.rocks.version import Version


def provided_rocks(lua_version: str, config: LuaTable, *, luajit: str = "") -> dict[str, Version]:
    """Return the version of each provided rock by its name.

    They come from ``lua_version``, from LuaJIT if ``luajit`` is its version, and from the
    configuration's ``rocks_provided``, which cannot override the others and whose names are
    case-sensitive; names in trees and dependencies are lower-case.
    """
    found = {name: Version.parse(f"{lua_version}-1") for name in rocks_provided(lua_version)}
    if luajit and lua_version == "5.1":
        found |= {name: Version.parse(f"{luajit}-1") for name in ("luabitop", "luajit")}
    configured = config.get("rocks_provided")
    if isinstance(configured, dict):
        for name, version in configured.items():
            if isinstance(name, str) and isinstance(version, str):
                found.setdefault(name, Version.parse(version))
    return found


class LuaVersionError(DistrorocksError):
    """The text is not a Lua version that LuaRocks has trees for."""


class LuaVersion(str):
    """One of ``"5.1"`` to ``"5.5"``: a text, so that it can be used in paths directly."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> LuaVersion:
        """Parse a Lua version; LuaJIT runs modules of 5.1 and is ``"5.1"``.

        Raise ``LuaVersionError`` for any other text.
        """
        if text.lower() == "luajit":
            return LuaVersion("5.1")
        if text not in LUA_VERSIONS:
            raise LuaVersionError(
                f"{quoted(text)} is not a Lua version",
                hint=f"use one of {', '.join(LUA_VERSIONS)} or luajit (which is 5.1)",
            )
        return cls(text)


LUA_VERSIONS: tuple[LuaVersion, ...] = tuple(
    LuaVersion(text) for text in ("5.1", "5.2", "5.3", "5.4", "5.5")
)


def rocks_provided(lua_version: str) -> frozenset[str]:
    """Return the rocks that the interpreter provides, as in LuaRocks' default ``rocks_provided``.

    They satisfy dependencies without any tree; ``luajit`` and ``luabitop`` come with LuaJIT only.
    """
    if lua_version == "5.1":
        return frozenset({"lua"})
    return frozenset({"lua", "bit32" if lua_version == "5.2" else "utf8"})
