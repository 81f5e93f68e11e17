"""Modules, commands and directories found among the sources, for rockspecs without modules.

LuaRocks does so from rockspec format 3.0 on (``luarocks.build.builtin``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from distrorocks.lua.value import LuaTable, table_of
from distrorocks.patterns import regex
from distrorocks.rocks.rock_manifest import module_name
from distrorocks.values import NamedTuple

_BASES = ("src", "lua", "lib")
_SKIPPED = frozenset({"spec", ".luarocks", "lua_modules", "test.lua", "tests.lua"})
_COMMANDS = ("src/bin", "bin")
_COPIED = ("doc", "docs", "samples", "tests")
_OPENER = regex(r"int\s+luaopen_([A-Za-z0-9_]+)", re.ASCII)
_NOTHING: Mapping[str, str] = MappingProxyType({})


class SourceTree(NamedTuple):
    """The names below the build directory that detecting modules needs.

    ``files`` and ``directories`` are relative paths; ``openers`` has, for C files, the module name
    of their first ``int luaopen_...``.
    """

    files: tuple[str, ...] = ()
    directories: frozenset[str] = frozenset()
    openers: Mapping[str, str] = _NOTHING


class Detected(NamedTuple):
    """What was found: ``modules`` as in a rockspec, commands, and directories to copy."""

    modules: LuaTable
    commands: tuple[str, ...]
    copied: tuple[str, ...]


def opener(text: str) -> str | None:
    """Return the module that the text of a C file opens, None if there is none."""
    found = _OPENER.search(text)
    return found[1] if found else None


def detected(sources: SourceTree, libraries: tuple[str, ...]) -> Detected:
    """Return the modules below the first of ``src``, ``lua``, ``lib``, or at the top.

    C modules link ``libraries``, the libraries of the rock's external dependencies.
    """
    base = next((each for each in _BASES if each in sources.directories), "")
    prefix = f"{base}/" if base else ""
    modules: LuaTable = {}
    for path in sorted(sources.files):
        inner = path.removeprefix(prefix)
        if not path.startswith(prefix) or inner.partition("/")[0] in _SKIPPED:
            continue
        if inner.endswith(".lua"):
            modules[module_name(inner)] = path
        elif inner.endswith(".c"):
            name = sources.openers.get(path) or module_name(f"{inner[:-2]}.lua")
            modules[name] = {"sources": path, "libraries": table_of(libraries)}
    folder = next((each for each in _COMMANDS if each in sources.directories), "")
    commands = [path for path in sorted(sources.files) if folder and _is_in(folder, path)]
    copied = [each for each in _COPIED if each in sources.directories]
    return Detected(modules, tuple(commands), tuple(copied))


def _is_in(folder: str, path: str) -> bool:
    """Return whether a path is directly in a folder."""
    return path.rpartition("/")[0] == folder
