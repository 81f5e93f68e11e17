"""Decide the files of a project: its configuration, wrapper scripts, and what git ignores.

Contents and places are those of LuaRocks' ``init``. A file that exists is kept unless the user
wants it anew; what is no wrapper script is never replaced.
"""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from distrorocks.lua.value import LuaTable
from distrorocks.lua.write import EXACT, persist, value_text
from distrorocks.trees.layout import Layout
from distrorocks.trees.search_path import of_trees
from distrorocks.values import NamedTuple

WRAPPER_MARK = "LUAROCKS_SYSCONFDIR"
"""What LuaRocks looks for to see that a program is a wrapper script."""

NAMES = ("luarocks", "lua")
CONFIGURED = ("LUA_BINDIR", "LUA_DIR", "LUA_INCDIR", "LUA_LIBDIR")
_EXECUTABLE = 0o755


class Setup(NamedTuple):
    """What a project is set up for.

    ``luarocks`` are the first words of the command line that runs LuaRocks, () without it, and
    ``variables`` those of LuaRocks' configuration. ``trees`` has the project's first.
    """

    lua_version: str
    variables: Mapping[str, str]
    luarocks: tuple[str, ...]
    trees: Sequence[Layout]
    sysconfdir: str


class Choice(NamedTuple):
    """What the user wants; ``wrapper_dir`` is the absolute directory of wrapper scripts."""

    wrapper_dir: str
    is_reset: bool = False
    has_gitignore: bool = True
    has_wrappers: bool = True


class Present(NamedTuple):
    """What is there: text of ``.gitignore``, the configuration, and the wrappers' beginnings.

    None for what is not there.
    """

    gitignore: str | None = None
    has_config: bool = False
    wrappers: Mapping[str, str | None] = MappingProxyType({})


class ProjectFile(NamedTuple):
    """A file to write, by its absolute path."""

    path: str
    content: bytes
    mode: int = 0o644


class Decided(NamedTuple):
    """The files to write, in order, and what is left as it is, with the reason."""

    files: tuple[ProjectFile, ...]
    kept: tuple[str, ...]


def project_files(directory: str, setup: Setup, choice: Choice, present: Present) -> Decided:
    """Return the files of the project in ``directory``, but for its rockspec."""
    files: list[ProjectFile] = []
    kept: list[str] = []
    names = tuple(_in(directory, f"{choice.wrapper_dir}/{name}") for name in NAMES)
    entries = (*(names if choice.has_wrappers else ()), "lua_modules", ".luarocks")
    added = missing_entries(present.gitignore or "", [f"/{each}" for each in entries if each])
    if choice.has_gitignore and added:
        before = present.gitignore or ""
        start = before if not before or before.endswith("\n") else f"{before}\n"
        text = start + "".join(f"{each}\n" for each in added)
        files.append(ProjectFile(f"{directory}/.gitignore", text.encode(errors="surrogateescape")))
    own = f"{directory}/.luarocks"
    if present.has_config and not choice.is_reset:
        kept.append(f".luarocks/config-{setup.lua_version}.lua exists: --reset writes it anew")
    else:
        name = f"{own}/config-{setup.lua_version}.lua"
        files.append(ProjectFile(name, persist(configuration(setup))))
    version = f"return {value_text(setup.lua_version)}\n".encode()
    files.append(ProjectFile(f"{own}/default-lua-version.lua", version))
    if choice.has_wrappers:
        for name, text in zip(NAMES, wrappers(directory, setup), strict=True):
            reason = _kept(name, text, choice, present)
            if reason:
                kept.append(reason)
            else:
                path = f"{choice.wrapper_dir}/{name}"
                files.append(ProjectFile(path, text.encode(errors="surrogateescape"), _EXECUTABLE))
    return Decided(tuple(files), tuple(kept))


def configuration(setup: Setup) -> LuaTable:
    """Return the project's configuration: which Lua it uses."""
    known = setup.variables
    variables: LuaTable = {key: known[key] for key in CONFIGURED if known.get(key)}
    lua = known.get("LUA", "")
    return {**({"lua_interpreter": posixpath.basename(lua)} if lua else {}), "variables": variables}


def wrappers(directory: str, setup: Setup) -> tuple[str, str]:
    """Return the scripts that run LuaRocks and Lua for a project, "" for what is not installed."""
    luarocks = (*setup.luarocks, "--project-tree", f"{directory}/lua_modules")
    paths = of_trees(setup.trees)
    start = ";".join(
        f"{name}={value_text(f'{path};', dialect=EXACT)}..{name}"
        for name, path in zip(("package.path", "package.cpath"), paths, strict=True)
    )
    lua = f'{_words(setup.variables.get("LUA", ""), "-e", start)} $([ "$*" ] || echo -i)'
    return (
        _script(setup, _words(*luarocks)) if setup.luarocks else "",
        _script(setup, lua) if setup.variables.get("LUA") else "",
    )


def missing_entries(gitignore: str, entries: Sequence[str]) -> list[str]:
    """Return the entries that a ``.gitignore`` lacks; a slash at the end of a line is ignored."""
    lines = {line.rstrip().rstrip("/") for line in gitignore.splitlines()}
    return [each for each in entries if each not in lines]


def _kept(name: str, text: str, choice: Choice, present: Present) -> str:
    """Return why a wrapper script is not written, "" if it is."""
    there = present.wrappers.get(name)
    if not text:
        program = "LuaRocks" if name == "luarocks" else "this Lua"
        return f"{name} is not written: {program} is not installed"
    if there is None:
        return ""
    if WRAPPER_MARK not in there:
        return f"{name} exists, and is no wrapper script"
    return "" if choice.is_reset else f"{name} exists: --reset writes it anew"


def _in(directory: str, path: str) -> str:
    """Return a path relative to the project, "" for one that is not in it."""
    prefix = f"{directory.rstrip('/')}/"
    return path.removeprefix(prefix) if path.startswith(prefix) else ""


def _script(setup: Setup, command: str) -> str:
    return f'#!/bin/sh\n\n{WRAPPER_MARK}={shlex.quote(setup.sysconfdir)} exec {command} "$@"\n'


def _words(*words: str) -> str:
    return " ".join(shlex.quote(word) for word in words)
