"""Lua's own headers, without which no module in C can be compiled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from distrorocks.externals.search import Probe, joined

_LUAJIT = "2.1"


class LuaHeaders(NamedTuple):
    """Where ``lua.h`` is: ``directory`` is "" where it is not found, ``why_not`` tells it then.

    ``searched`` are the directories looked at. ``other`` is one whose lua.h is another version's.
    """

    directory: str
    searched: tuple[str, ...]
    other: str = ""

    def why_not(self, lua_version: str) -> str:
        """Return what is wrong, in LuaRocks' words."""
        if self.directory:
            return ""
        if self.other and len(self.searched) == 1:
            return (
                f"Lua header lua.h found at {self.other} does not match Lua version {lua_version}"
            )
        return f"Failed finding Lua header lua.h (searched at {', '.join(self.searched)})"


def find_lua_headers(lua_version: str, variables: Mapping[str, str], probe: Probe) -> LuaHeaders:
    """Return where the headers of one Lua version are.

    LUA_INCDIR is the only place where it is set; else it is below LUA_DIR, which is /usr where
    nothing is set.
    """
    if "LUA_INCDIR" in variables:
        places = [variables["LUA_INCDIR"]]
    else:
        places = list(header_places(variables.get("LUA_DIR", "/usr"), lua_version))
    other = ""
    for directory in places:
        text = probe.text(joined(directory, "lua.h"))
        if text is not None and is_of(text, lua_version):
            return LuaHeaders(directory, tuple(places))
        if text is not None:
            other = directory
    return LuaHeaders("", tuple(places), other)


def is_of(text: str, lua_version: str) -> bool:
    """Return whether the text of a ``lua.h`` is of a Lua version."""
    major, _, minor = lua_version.partition(".")
    if (int(major), int(minor)) < (5, 5):
        return bool(re.search(rf"LUA_VERSION_NUM\s*{major}0{minor}(?![0-9])", text))
    return all(
        re.search(rf"LUA_VERSION_{word}_N\s*{number}(?![0-9])", text)
        for word, number in (("MAJOR", major), ("MINOR", minor))
    )


def header_places(prefix: str, lua_version: str) -> Iterator[str]:
    """Yield where LuaRocks looks below a prefix, in its order."""
    short = lua_version.replace(".", "")
    for below in (
        f"include/lua/{lua_version}",
        f"include/lua{lua_version}",
        f"include/lua-{lua_version}",
        f"include/lua{short}",
        "include",
        "",
    ):
        yield joined(prefix, below)
    if lua_version == "5.1":
        yield joined(prefix, f"include/luajit-{_LUAJIT}")
