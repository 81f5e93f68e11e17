"""A version of the Lua language, as it stands in the paths of modules and rocks."""

from __future__ import annotations

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import quoted


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
