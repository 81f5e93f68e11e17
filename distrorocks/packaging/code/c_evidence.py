"""For which Lua versions C code cannot be: what it uses of the API is not in all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from distrorocks.packaging.code.c_reading import CReading, read_c
from distrorocks.packaging.code.c_text import bare_lines, is_c
from distrorocks.packaging.code.lua_api import NAME, LuaApi

_COMPILED = re.compile(r"\.(?:c|cc|cpp|cxx)\Z")
_NOT_PART = re.compile(r"(?:\A|/)(?:tests?|examples?|samples?|docs?|bench(?:marks?)?)/")
_ASKS_FOR_MORE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+LUA_COMPAT_\w+", re.MULTILINE)


def unfit_for_c(
    texts: Mapping[str, str], compiled: Iterable[str], api: LuaApi, versions: Iterable[str]
) -> dict[str, str]:
    """Return the versions that C code is not for, each with the use that says so.

    ``compiled`` are the paths of what is compiled; where none are named, all C files count that do
    not stand among tests or examples. Headers count with what includes them. Code that asks Lua's
    headers for what they keep of older versions, or that includes a compatibility header which is
    not at hand, says nothing.
    """
    code = {path: text for path, text in texts.items() if is_c(path)}
    wanted = {path for path in compiled if path in code}
    if not wanted:
        wanted = {path for path in code if _COMPILED.search(path) and not _NOT_PART.search(path)}
    if not any(_varies(text, api) for text in code.values()):
        return {}
    if any(_ASKS_FOR_MORE.search(text) for text in code.values()):
        return {}
    lines = {path: bare_lines(text) for path, text in sorted(code.items())}
    unfit = {}
    for version in versions:
        readings = {path: read_c(bare, version, api) for path, bare in lines.items()}
        if evidence := _evidence(_reached(readings, wanted), version, api):
            unfit[version] = evidence
    return unfit


def _varies(text: str, api: LuaApi) -> bool:
    """Return whether a text has names that not every version has."""
    return any(api.varies(name) for name in NAME.findall(text))


def _reached(readings: Mapping[str, CReading], wanted: set[str]) -> dict[str, CReading]:
    """Return the readings of files and of what they include, that of each path once.

    An included name is any file that ends with it: where compilers look is not known.
    """
    by_name: dict[str, list[str]] = {}
    for path in readings:
        by_name.setdefault(path.rpartition("/")[2], []).append(path)
    found: dict[str, CReading] = {}
    left = sorted(wanted, reverse=True)
    while left:
        path = left.pop()
        if path not in found:
            found[path] = readings[path]
            for name in sorted(readings[path].included):
                left += by_name.get(name.rpartition("/")[2], ())
    return found


def _evidence(readings: Mapping[str, CReading], version: str, api: LuaApi) -> str:
    """Return the first use of what a version has not, "" if there is none."""
    at_hand = {path.rpartition("/")[2] for path in readings}
    brought = {name for reading in readings.values() for name in reading.brought}
    included = {name.rpartition("/")[2] for each in readings.values() for name in each.included}
    if any("compat" in name for name in included - at_hand):
        return ""
    for path, reading in sorted(readings.items()):
        if reading.refusal:
            return f"{path}:{reading.refusal} refuses Lua {version}"
        for name, line in reading.used.items():
            if not api.has(name, version) and name not in brought:
                return f"{path}:{line} uses {name}, which Lua {version} has not"
    return ""
