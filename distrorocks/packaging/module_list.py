"""Which modules and commands a rockspec says that it installs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from distrorocks.lua.value import LuaTable, LuaValue
from distrorocks.rocks.module import module_name
from distrorocks.rocks.rockspec import Rockspec

_COMPILED = re.compile(r"\.(?:c|cc|cpp|cxx|m|rs)\Z")
_ENDINGS = (("lua", re.compile(r"\.lua\Z")), ("lib", re.compile(r"\.(?:so|dll|dylib)(?:\.|\Z)")))
_BASES = ("src/", "lua/", "lib/")
_SKIPPED = re.compile(
    r"(?:spec|\.luarocks|lua_modules|tests?|docs?|samples)/|(?:test|tests)\.lua\Z"
)
_COMMAND = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]*")


def declared_modules(rockspec: Rockspec, files: Iterable[str]) -> tuple[str, ...]:
    """Return the modules that a rockspec names, sorted; installed files of other kinds are none.

    A rockspec of format 3 without ``build.modules`` has those that LuaRocks would find among
    ``files``; an empty table there means none (LuaRocks, "Rockspec format", build options).
    """
    build = _table(rockspec.table.get("build"))
    names = {key for key in _table(build.get("modules")) if isinstance(key, str)}
    install = _table(build.get("install"))
    for kind, ending in _ENDINGS:
        for key, value in _table(install.get(kind)).items():
            if isinstance(value, str) and ending.search(value):
                names.add(key if isinstance(key, str) else module_name(value.rpartition("/")[2]))
    is_found = "modules" not in build and not rockspec.format.startswith("1.")
    if is_found and build.get("type", "builtin") == "builtin":
        names |= _detected(tuple(files))
    return tuple(sorted({name.removesuffix(".init").strip(".") for name in names}))


def declared_commands(rockspec: Rockspec) -> tuple[str, ...]:
    """Return the commands that a rockspec installs, sorted, but for names that are no words."""
    install = _table(_table(rockspec.table.get("build")).get("install"))
    names = set()
    for key, value in _table(install.get("bin")).items():
        name = key if isinstance(key, str) else str(value).rpartition("/")[2]
        if _COMMAND.fullmatch(name):
            names.add(name)
    return tuple(sorted(names))


def has_compiled(files: Iterable[str]) -> bool:
    """Return whether there are sources in a language that is compiled."""
    return any(_COMPILED.search(path) for path in files)


def _detected(files: tuple[str, ...]) -> set[str]:
    """Return the modules among files: those of the first of src, lua and lib that there is."""
    base = next((base for base in _BASES if any(path.startswith(base) for path in files)), "")
    inside = [path.removeprefix(base) for path in files if path.startswith(base)]
    return {
        module_name(path).removesuffix(".init")
        for path in inside
        if path.endswith(".lua") and not _SKIPPED.match(path) and not path.startswith("bin/")
    }


def _table(value: LuaValue) -> LuaTable:
    return value if isinstance(value, dict) else {}
