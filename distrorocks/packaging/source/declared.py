"""Which modules and commands a rockspec installs, by its fields and by the files of the sources."""

from __future__ import annotations

import re
from collections.abc import Iterable
from posixpath import normpath

from distrorocks.lua.value import as_table
from distrorocks.rocks.rock_manifest import module_name
from distrorocks.rocks.rockspec import Rockspec

_COMPILED = re.compile(r"\.(?:c|cc|cpp|cxx|m|rs)\Z")
_HEADER = re.compile(r"\.(?:h|hh|hpp|hxx)\Z")
_ASIDE = frozenset(
    ("doc", "docs", "html", "manual", "samples", "example", "examples", "test", "tests", "spec")
)
_CPP = re.compile(r"\.(?:cc|cpp|cxx)\Z")
_CMAKE = re.compile(r"(?:\A|[\s;&|(])cmake(?=\s)")
_ENDINGS = (("lua", re.compile(r"\.lua\Z")), ("lib", re.compile(r"\.(?:so|dll|dylib)(?:\.|\Z)")))
_BASES = ("src/", "lua/", "lib/")
_SKIPPED = re.compile(
    r"(?:spec|\.luarocks|lua_modules|tests?|docs?|samples)/|(?:test|tests)\.lua\Z"
)
_COMMAND = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]*")


_BUNDLED = re.compile(
    r"(?:.*/)?(?:vendor(?:ed)?|third[_-]?party|3rd[_-]?party|externals?|deps|bundled|subprojects)/"
    r"(?P<name>[\w.+-]+)/.*",
    re.IGNORECASE,
)
_DETECTED = ("doc", "docs", "samples", "tests")


def bundled_works(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the works of others among the sources of modules.

    They are in folders of their own, below one that says so: ``vendor/sha1/init.lua`` is lua-sha1.
    """
    found = [(path, place) for path in paths if (place := _BUNDLED.fullmatch(path))]
    names = (f"{'lua-' * path.endswith('.lua')}{place['name'].lower()}" for path, place in found)
    return tuple(sorted({re.sub(r"\Alua-(?=lua)", "", name) for name in names}))


def declared_modules(rockspec: Rockspec, files: Iterable[str]) -> tuple[str, ...]:
    """Return the modules that a rockspec installs, sorted.

    A rockspec of format 3 without ``build.modules`` has those that LuaRocks finds among ``files``;
    an empty table means none (LuaRocks, "Rockspec format", build options). All of a directory
    ``lua`` is copied beside what is named.
    """
    build = as_table(rockspec.table.get("build"))
    names = {key for key in as_table(build.get("modules")) if isinstance(key, str)}
    install = as_table(build.get("install"))
    for kind, ending in _ENDINGS:
        for key, value in as_table(install.get(kind)).items():
            if isinstance(value, str) and ending.search(value):
                names.add(key if isinstance(key, str) else module_name(value.rpartition("/")[2]))
    is_found = "modules" not in build and not rockspec.format.startswith("1.")
    if copies_lua(rockspec):
        named = tuple(files)
        names |= _detected(named) if is_found else set()
        names |= _below("lua/", named)
    return tuple(sorted({name.removesuffix(".init").strip(".") for name in names}))


def copies_lua(rockspec: Rockspec) -> bool:
    """Return whether the build installs all of a directory ``lua``."""
    return as_table(rockspec.table.get("build")).get("type", "builtin") in ("builtin", "module")


def command_files(rockspec: Rockspec) -> dict[str, str]:
    """Return the commands that a rockspec installs, each with its file."""
    install = as_table(as_table(rockspec.table.get("build")).get("install"))
    return {
        key if isinstance(key, str) else value.rpartition("/")[2]: normpath(value)
        for key, value in as_table(install.get("bin")).items()
        if isinstance(value, str)
    }


def declared_commands(rockspec: Rockspec) -> tuple[str, ...]:
    """Return the names of the commands, sorted; skip those with odd characters."""
    return tuple(sorted(filter(_COMMAND.fullmatch, command_files(rockspec))))


def has_compiled(files: Iterable[str]) -> bool:
    """Return whether there are sources in a compiled language."""
    return any(_COMPILED.search(path) for path in files)


def has_cpp(files: Iterable[str]) -> bool:
    """Return whether there are sources in C++."""
    return any(_CPP.search(path) for path in files)


def runs_cmake(rockspec: Rockspec) -> bool:
    """Return whether the build runs CMake, by its type or as one of its commands."""
    build = as_table(rockspec.table.get("build"))
    commands = (str(build.get(f"{step}_command", "")) for step in ("build", "install"))
    return build.get("type") == "cmake" or any(map(_CMAKE.search, commands))


def copied_folders(rockspec: Rockspec) -> tuple[str, ...]:
    """Return the folders that the build copies: those that are named, else ``doc``.

    A rockspec that leaves modules to be detected has the usual ones copied as well.
    """
    build = as_table(rockspec.table.get("build"))
    listed = build.get("copy_directories")
    if isinstance(listed, dict):
        return tuple(str(each) for each in listed.values())
    is_detected = build.get("type", "builtin") == "builtin" and "modules" not in build
    return _DETECTED if is_detected else _DETECTED[:1]


def declared_headers(rockspec: Rockspec, files: Iterable[str]) -> tuple[str, ...]:
    """Return the headers that a rockspec installs: what it names, and those of copied folders.

    They are part of the rock, in folders that no compiler searches. Folders of documentation,
    examples and tests are no part of it.
    """
    install = as_table(as_table(rockspec.table.get("build")).get("install"))
    values = (value for kind in install.values() for value in as_table(kind).values())
    found = {value for value in values if isinstance(value, str) and _HEADER.search(value)}
    folders = {f"{normpath(folder)}/" for folder in copied_folders(rockspec)}
    copied = tuple(it for it in folders if it.partition("/")[0].lower() not in _ASIDE)
    found |= {path for path in files if path.startswith(copied) and _HEADER.search(path)}
    return tuple(sorted(found))


def _detected(files: tuple[str, ...]) -> set[str]:
    """Return the modules among files, below the first of src, lua and lib that exists."""
    base = next((base for base in _BASES if any(path.startswith(base) for path in files)), "")
    inside = (path for path in files if path.startswith(base))
    skipped = (f"{base}bin/",)
    return _below(
        base,
        (
            path
            for path in inside
            if not _SKIPPED.match(path.removeprefix(base)) and not path.startswith(skipped)
        ),
    )


def _below(base: str, files: Iterable[str]) -> set[str]:
    """Return the modules that Lua files below a directory are."""
    return {
        module_name(path.removeprefix(base)).removesuffix(".init")
        for path in files
        if path.startswith(base) and path.endswith(".lua")
    }
