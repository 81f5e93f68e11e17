"""For which Lua versions C code cannot be: what it uses of the API is not in all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from distrorocks.code.c_reading import CReading, read_c
from distrorocks.code.lua_api import NAME, LuaApi

_C_FILE = re.compile(r"\.(?:c|h|cc|cpp|cxx|hpp|hh|inc)\Z")
_COMPILED = re.compile(r"\.(?:c|cc|cpp|cxx)\Z")
_NOT_PART = re.compile(r"(?:\A|/)(?:tests?|examples?|samples?|docs?|bench(?:marks?)?)/")
_INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)
_ASKS_FOR_MORE = re.compile(r"\bLUA_COMPAT_\w+")


def c_unfit(
    texts: Mapping[str, str], compiled: Iterable[str], api: LuaApi, versions: Iterable[str]
) -> dict[str, str]:
    """Return the versions that C code is not for, each with the use that says so.

    ``compiled`` are the paths of what is compiled; where none are named, all C files count that do
    not stand among tests or examples. Code that asks Lua's headers for what they keep of older
    versions, or that includes a compatibility header which is not at hand, says nothing.
    """
    code = {path: text for path, text in texts.items() if _C_FILE.search(path)}
    wanted = {path for path in compiled if path in code}
    if not wanted:
        wanted = {path for path in code if _COMPILED.search(path) and not _NOT_PART.search(path)}
    if not any(_varies(text, api) for text in code.values()) or _says_nothing(code):
        return {}
    unfit = {}
    for version in versions:
        readings = {path: read_c(text, version, api) for path, text in sorted(code.items())}
        if evidence := _evidence(readings, wanted, version, api):
            unfit[version] = evidence
    return unfit


def _varies(text: str, api: LuaApi) -> bool:
    """Return whether a text has names that not every version has."""
    return any(name in api.names for name in NAME.findall(text))


def _says_nothing(code: Mapping[str, str]) -> bool:
    """Return whether code has ways to older Luas that cannot be followed."""
    at_hand = {path.rpartition("/")[2] for path in code}
    included = {
        name.rpartition("/")[2] for text in code.values() for name in _INCLUDE.findall(text)
    }
    away = included - at_hand
    return any("compat" in name for name in away) or any(
        _ASKS_FOR_MORE.search(text) for text in code.values()
    )


def _evidence(readings: Mapping[str, CReading], wanted: set[str], version: str, api: LuaApi) -> str:
    """Return the first use of what a version has not, "" if there is none."""
    brought = {name for reading in readings.values() for name in reading.brought}
    for path in sorted(wanted):
        if line := readings[path].refusal:
            return f"{path}:{line} refuses Lua {version}"
        for name, line in readings[path].used.items():
            if not api.has(name, version) and name not in brought:
                return f"{path}:{line} uses {name}, which Lua {version} has not"
    return ""
