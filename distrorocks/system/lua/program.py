"""The interpreter, headers and library of a Lua version, found where LuaRocks looks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from os import listdir

from distrorocks.errors import DistrorocksError
from distrorocks.externals.lua_headers import header_places, is_of
from distrorocks.lua.value import to_text
from distrorocks.patterns import regex
from distrorocks.system.files.bounded_file import read_bounded
from distrorocks.system.files.root_path import RootView

_PROGRAM_LIMIT = 8 * 1024 * 1024
_HEADER_LIMIT = 256 * 1024
_WRAPPER = b"LUAROCKS_SYSCONFDIR"
_VERSION = regex(rb"Lua (5\.[0-9])|LuaJIT 2\.")


def find_program(view: RootView, lua_version: str, path: str) -> dict[str, str]:
    """Return ``LUA``, ``LUA_DIR`` and ``LUA_BINDIR`` for the first interpreter on ``PATH``.

    No program is started: the version comes from the file name, else from the content.
    """
    for directory in filter(None, path.split(":")):
        prefix = re.sub(r"/+bin/?$", "", directory)
        found = find_program_at(view, lua_version, prefix)
        if found:
            return found
    return {}


def find_program_at(view: RootView, lua_version: str, prefix: str) -> dict[str, str]:
    """Return the three variables for the interpreter below one prefix, or {}."""
    for directory in (f"{prefix}/bin", prefix):
        for name in _program_names(lua_version):
            if _is_program(view, f"{directory}/{name}", name, lua_version):
                return {
                    "LUA": f"{directory}/{name}",
                    "LUA_DIR": prefix,
                    "LUA_BINDIR": directory,
                }
    return {}


def _program_names(lua_version: str) -> Iterator[str]:
    """Yield the names of interpreters in LuaRocks' order."""
    short = lua_version.replace(".", "")
    yield from (f"lua{lua_version}", f"lua{short}", f"lua-{lua_version}", f"lua-{short}")
    if lua_version == "5.1":
        yield "luajit"
    yield "lua"


def _is_program(view: RootView, path: str, name: str, lua_version: str) -> bool:
    """Return whether a file is an interpreter of that version, not a LuaRocks wrapper."""
    found = view.find(path)
    if not found or not found.is_file or not found.status.st_mode & 0o111:
        return False
    try:
        content = read_bounded(view.host_path(found.path), _PROGRAM_LIMIT)
    except DistrorocksError:
        return False
    if _WRAPPER in content[:1000]:
        return False
    if name not in ("lua", "luajit") or found.path.endswith(lua_version):
        return True
    told = _VERSION.search(content)
    return told is not None and (told[1] or b"5.1").decode() == lua_version


def find_headers(view: RootView, prefix: str, lua_version: str) -> str:
    """Return the directory of that version's ``lua.h`` below a prefix, or ""."""
    places = (place.rstrip("/") or "/" for place in header_places(prefix, lua_version))
    return next((place for place in places if is_header(view, place, lua_version)), "")


def is_header(view: RootView, directory: str, lua_version: str) -> bool:
    """Return whether a directory has that version's ``lua.h``."""
    found = view.find(f"{directory}/lua.h")
    if not found:
        return False
    try:
        text = read_bounded(view.host_path(found.path), _HEADER_LIMIT)
    except DistrorocksError:
        return False
    return is_of(to_text(text), lua_version)


def find_library(
    view: RootView, directories: Iterable[str], patterns: Iterable[str], lua_version: str
) -> tuple[str, str]:
    """Return the directory and file name of Lua's library, or ("", "").

    Plain names are tried before patterns with a ``*``, as in LuaRocks. LuaRocks reports a pattern's
    match as "matching liblua.so.*"; this returns the real name.
    """
    short = lua_version.replace(".", "")
    names = (f"lua{lua_version}", f"lua{short}", f"lua-{lua_version}", f"lua-{short}", "lua")
    patterns, directories = list(patterns), list(directories)
    files = [pattern.replace("?", name) for name in names for pattern in patterns]
    part = "lua" if all("?" in pattern for pattern in patterns) else ""
    for file in files:
        for directory in directories if "*" not in file else ():
            found = view.find(f"{directory}/{file}")
            if found and found.is_file:
                return directory, file
    libraries = {directory: _names_with(view, directory, part) for directory in directories}
    for file in files:
        for directory in directories if "*" in file else ():
            for name in libraries[directory]:
                if _is_like(name, file):
                    return directory, name
    return "", ""


def _is_like(name: str, pattern: str) -> bool:
    """Return whether a name is what a pattern says; a ``*`` in it stands for any text."""
    first, *others = pattern.split("*")
    if not name.startswith(first) or not name.endswith(others[-1]):
        return False
    at, end = len(first), len(name) - len(others[-1])
    for part in others[:-1]:
        found = name.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return at <= end


def _names_with(view: RootView, directory: str, part: str) -> list[str]:
    """Return the sorted names in a directory that contain a text."""
    found = view.find(directory)
    try:
        names = listdir(view.host_path(found.path)) if found else []
    except OSError:
        return []
    return sorted(name for name in names if part in name)
