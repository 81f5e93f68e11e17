"""A version of the Lua language, as it stands in the paths of modules and rocks.

Rocks that are there without any tree: what the interpreter brings, and ``rocks_provided``.

LuaRocks looks here by name before it looks into trees; a provided rock hides every other of its
name, also where its version is not the one that is needed.
"""

from __future__ import annotations

from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaTable
from distrorocks.rocks.quotation import quoted
from distrorocks.rocks.version import Version


def provided_rocks(lua_version: str, config: LuaTable, *, luajit: str = "") -> dict[str, Version]:
    """Return the version of each provided rock by its name.

    They are those of ``lua_version``, of LuaJIT where ``luajit`` is its version, and of the
    configuration's ``rocks_provided``, which cannot change the others. Its names hold as they are
    written; trees and dependencies have names in lower case.
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
    """A text that names no version of Lua that LuaRocks has trees for."""


class LuaVersion(str):
    """One of ``"5.1"`` to ``"5.5"``: a text, so that it can stand in a path as it is."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> LuaVersion:
        """Return the version that ``text`` names; LuaJIT runs modules of 5.1 and is ``"5.1"``.

        Raises ``LuaVersionError`` for any other text.
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
    """Return the rocks that the interpreter itself is, as LuaRocks' ``rocks_provided`` starts.

    They satisfy dependencies without any tree; ``luajit`` and ``luabitop`` come with LuaJIT only.
    """
    if lua_version == "5.1":
        return frozenset({"lua"})
    return frozenset({"lua", "bit32" if lua_version == "5.2" else "utf8"})
