"""Lua's headers, which C modules need to compile."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from distrorocks.externals.probe import Probe, joined
from distrorocks.values import NamedTuple

_LUAJIT = "2.1"
_PREFIX = "/usr"


class LuaHeaders(NamedTuple):
    """The location of ``lua.h``: ``directory`` is "" if not found; see ``why_not``.

    ``searched`` are the directories searched. ``other`` is one with the lua.h of another version.
    ``variable`` is the variable that named the directories, "" for LuaRocks' own; ``usual`` is the
    one of LuaRocks' own directories that has the headers if those named do not.
    """

    directory: str
    searched: tuple[str, ...]
    other: str = ""
    variable: str = ""
    usual: str = ""

    def why_not(self, lua_version: str) -> str:
        """Return LuaRocks' error message."""
        if self.directory:
            return ""
        if self.other and len(self.searched) == 1:
            return (
                f"Lua header lua.h found at {self.other} does not match Lua version {lua_version}"
            )
        return f"Failed finding Lua header lua.h (searched at {', '.join(self.searched)})"


def find_lua_headers(lua_version: str, variables: Mapping[str, str], probe: Probe) -> LuaHeaders:
    """Find the headers of one Lua version.

    If LUA_INCDIR is set, only that directory is searched; else those below LUA_DIR, by default
    /usr.
    """
    variable = next((name for name in ("LUA_INCDIR", "LUA_DIR") if name in variables), "")
    if variable == "LUA_INCDIR":
        places = [variables[variable]]
    else:
        places = list(header_places(variables.get("LUA_DIR", _PREFIX), lua_version))
    directory, other = _among(places, lua_version, probe)
    usual = ""
    if variable and not directory:
        usual, _ = _among(header_places(_PREFIX, lua_version), lua_version, probe)
    return LuaHeaders(directory, tuple(places), other, variable, usual)


def _among(places: Iterable[str], lua_version: str, probe: Probe) -> tuple[str, str]:
    """Return the first directory with the headers, else the last with another version's; or ""."""
    other = ""
    for directory in places:
        text = probe.text(joined(directory, "lua.h"))
        if text is not None and is_of(text, lua_version):
            return directory, ""
        if text is not None:
            other = directory
    return "", other


def is_of(text: str, lua_version: str) -> bool:
    """Return whether the text of a ``lua.h`` is that of a Lua version."""
    major, _, minor = lua_version.partition(".")
    if (int(major), int(minor)) < (5, 5):
        return bool(re.search(rf"LUA_VERSION_NUM\s*{major}0{minor}(?![0-9])", text))
    return all(
        re.search(rf"LUA_VERSION_{word}_N\s*{number}(?![0-9])", text)
        for word, number in (("MAJOR", major), ("MINOR", minor))
    )


def header_places(prefix: str, lua_version: str) -> Iterator[str]:
    """Yield the directories below a prefix that LuaRocks searches, in order."""
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
