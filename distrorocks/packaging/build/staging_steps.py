"""Decide which steps turn the staged files of a package into a rock.

LuaRocks, dh-lua or make installed the files of a package into a staging directory (DESTDIR). The
steps move C modules to the distribution's directory, replace LuaRocks' wrappers, which contain
paths of the build, by the commands themselves, move documentation, and write the rockspec and
rock_manifest for each Lua version. No package ships the manifest of the tree: two packages cannot
own one file.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from distrorocks.families.lua_files import COMMAND, LIB, LUA, METADATA, LuaFile, classify
from distrorocks.trees.layout import Layout

_WRAPPER = re.compile(
    rb"#!/bin/sh\n.*exec '(?P<lua>[^'\n]+)' -e .*'[^'\n]*/rocks-(?P<version>5\.[1-9])/"
    rb"(?P<script>[^/'\n]+/[^/'\n]+/bin/[^'\n]+)' \"\$@\"\s*",
    re.DOTALL,
)
_DOCUMENTATION = {"doc", "docs", "html", "manual", "samples", "example", "examples"}
_TESTS = {"test", "tests", "spec", "specs"}
_LICENCE = re.compile(r"(?:.*/)?(?:licen[cs]e|copying)[^/]*", re.IGNORECASE)
_INDEX = re.compile(r"/usr/lib/luarocks/rocks-5\.[1-9]/(?:manifest(?:-5\.[1-9])?|index\.html)")


@dataclass(frozen=True, slots=True)
class Move:
    """Move a staged file."""

    path: str
    target: str
    reason: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Remove a staged file that no package should ship."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Write:
    """Write ``content`` to a staged file; make a command executable."""

    path: str
    content: bytes
    reason: str
    is_command: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Replace a file by a relative link to one with the same content."""

    path: str
    target: str
    reason: str


Step = Move | Drop | Write | Link


def tidied(
    paths: Iterable[str],
    layouts: Mapping[str, Layout],
    *,
    rock: tuple[str, str],
    documentation: str,
    content: Callable[[str], bytes],
) -> list[Step]:
    """Return the steps that move what LuaRocks deployed to where packages have it.

    ``documentation`` is its directory, "" to drop documentation. ``content`` reads a staged file.
    Directories of other rocks are left alone. Those of other versions of this rock become its own:
    LuaRocks built it under the version of the rockspec.
    """
    present = set(paths)
    name, version = rock
    steps: list[Step] = []
    for path in sorted(present):
        file = classify(path)
        if path.endswith(".la"):
            steps.append(Drop(path, "libtool archives contain paths of the build"))
        elif _INDEX.fullmatch(path):
            steps.append(Drop(path, "no package owns the index of the tree"))
        elif file and file.kind == LIB:
            steps += _in_library_dir(file, layouts, present)
        elif file and file.kind == COMMAND:
            steps += _own_script(file, present, content)
        elif file and file.kind == METADATA and file.relative.startswith(f"{name}/"):
            steps += _without_unpackaged(file, version, documentation)
    return _without_clashes(steps)


def _in_library_dir(file: LuaFile, layouts: Mapping[str, Layout], present: set[str]) -> list[Step]:
    """Return the step that moves a C module to the tree's lib_dir, if it is elsewhere."""
    layout = layouts.get(file.lua_version)
    if not layout or file.directory == layout.lib_dir:
        return []
    target = f"{layout.lib_dir}/{file.relative}"
    if target in present:
        return []
    return [Move(file.path, target, "the distribution's directory of C modules")]


def _own_script(file: LuaFile, present: set[str], content: Callable[[str], bytes]) -> list[Step]:
    """Return the step that replaces a wrapper of LuaRocks by the command itself."""
    found = _WRAPPER.fullmatch(content(file.path))
    if not found:
        return []
    version, script = (found[part].decode(errors="surrogateescape") for part in (2, 3))
    source = f"/usr/lib/luarocks/rocks-{version}/{script}"
    if source not in present:
        return []
    lua = found["lua"] if found["lua"].startswith(b"/usr/bin/") else b"/usr/bin/lua" + found[2]
    first, _, rest = content(source).partition(b"\n")
    text = rest if first.startswith(b"#!") else content(source)
    text = text.replace(b"\r\n", b"\n")  # Lua reads both as one line end, in strings too
    return [
        Write(
            file.path, b"#!" + lua + b"\n" + text, "the wrapper contained paths of the build", True
        )
    ]


def _without_unpackaged(file: LuaFile, version: str, documentation: str) -> list[Step]:
    """Return the steps that remove documentation, tests and wrapped scripts from a rock."""
    name, built_as, inside = file.relative.split("/", 2)
    top, _, below = inside.partition("/")
    if top == "bin":
        return [Drop(file.path, "the script is installed as the command")]
    if top in _TESTS and below:
        return [Drop(file.path, "tests are not installed")]
    if top in _DOCUMENTATION and below:
        if not documentation or _LICENCE.fullmatch(below):
            return [Drop(file.path, "the package ships it elsewhere")]
        start = documentation if top in ("doc", "docs") else f"{documentation}/{top}"
        return [Move(file.path, f"{start}/{below}", "the directory for documentation")]
    if built_as == version:
        return []
    reason = f"the version of the rock is {version}"
    if inside == "rock_manifest" or inside.endswith(".rockspec"):
        return [Drop(file.path, reason)]
    return [Move(file.path, f"{file.directory}/{name}/{version}/{inside}", reason)]


def _without_clashes(steps: list[Step]) -> list[Step]:
    """Return the steps with one file per target: each Lua version has its own copy."""
    taken: set[str] = set()
    settled: list[Step] = []
    for step in steps:
        if isinstance(step, Move) and step.target in taken:
            settled.append(Drop(step.path, f"{step.target} exists already"))
            continue
        if isinstance(step, Move):
            taken.add(step.target)
        settled.append(step)
    return settled


def linked(digests: Mapping[str, str]) -> list[Step]:
    """Return links for Lua files that equal those of the lowest Lua version, as dh-lua does.

    ``digests`` contains the MD5 of each staged Lua file that is no link.
    """
    files = [file for path in digests if (file := classify(path)) and file.kind == LUA]
    first: dict[str, LuaFile] = {}
    for file in sorted(files, key=lambda file: file.lua_version):
        first.setdefault(file.relative, file)
    lowest = min((file.lua_version for file in files), default="")
    steps: list[Step] = []
    for file in sorted(files):
        other = first[file.relative]
        is_equal = digests[other.path] == digests[file.path] and file.relative.endswith(".lua")
        if is_equal and other.lua_version == lowest != file.lua_version:
            target = posixpath.relpath(other.path, posixpath.dirname(file.path))
            steps.append(Link(file.path, target, f"equal to the file for Lua {lowest}"))
    return steps
