"""What the staged files of a package lack to be a rock, as steps below the staging folder.

A package build has put its files into a folder as they will stand in the root (DESTDIR): by
LuaRocks, by dh-lua, by make. The steps put C modules where the distribution has them, give commands
their own script in place of LuaRocks' wrapper, which holds the builder's paths, take documentation
to its place, and write each Lua version's rockspec and rock_manifest. The tree's manifest is no
package's: two packages cannot own one file.
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
    """Give a staged file another place."""

    path: str
    target: str
    reason: str


@dataclass(frozen=True, slots=True)
class Drop:
    """Remove a staged file that no package should have."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Write:
    """Make a staged file hold ``content``; a command can be run."""

    path: str
    content: bytes
    reason: str
    is_command: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Put a relative link in the place of a file that is equal to another."""

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
    """Return the steps that put what LuaRocks deployed where a package has it.

    ``documentation`` is the folder for it, "" where the package wants none. ``content`` reads a
    staged file. Files of other rocks' directories are left alone, those of other versions of this
    one become its own: LuaRocks built it under the rockspec's version.
    """
    present = set(paths)
    name, version = rock
    steps: list[Step] = []
    for path in sorted(present):
        file = classify(path)
        if path.endswith(".la"):
            steps.append(Drop(path, "libtool's notes hold the builder's paths"))
        elif _INDEX.fullmatch(path):
            steps.append(Drop(path, "the tree's index is no package's"))
        elif file and file.kind == LIB:
            steps += _at_home(file, layouts, present)
        elif file and file.kind == COMMAND:
            steps += _own_script(file, present, content)
        elif file and file.kind == METADATA and file.relative.startswith(f"{name}/"):
            steps += _without_ballast(file, version, documentation)
    return _without_clashes(steps)


def _at_home(file: LuaFile, layouts: Mapping[str, Layout], present: set[str]) -> list[Step]:
    """Return how a C module comes to the tree's lib_dir."""
    layout = layouts.get(file.lua_version)
    if not layout or file.directory == layout.lib_dir:
        return []
    target = f"{layout.lib_dir}/{file.relative}"
    if target in present:
        return []
    return [Move(file.path, target, "the distribution has C modules there")]


def _own_script(file: LuaFile, present: set[str], content: Callable[[str], bytes]) -> list[Step]:
    """Return how a command that LuaRocks wrapped becomes the script itself."""
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
    text = text.replace(b"\r\n", b"\n")  # which is one end of a line to Lua, in strings too
    return [
        Write(file.path, b"#!" + lua + b"\n" + text, "the wrapper held the builder's paths", True)
    ]


def _without_ballast(file: LuaFile, version: str, documentation: str) -> list[Step]:
    """Return how documentation, tests and wrapped scripts leave a rock's directory."""
    name, built_as, inside = file.relative.split("/", 2)
    top, _, below = inside.partition("/")
    if top == "bin":
        return [Drop(file.path, "the command itself is the script")]
    if top in _TESTS and below:
        return [Drop(file.path, "tests are not installed")]
    if top in _DOCUMENTATION and below:
        if not documentation or _LICENCE.fullmatch(below):
            return [Drop(file.path, "the package has its own")]
        start = documentation if top in ("doc", "docs") else f"{documentation}/{top}"
        return [Move(file.path, f"{start}/{below}", "documentation has its own place")]
    if built_as == version:
        return []
    reason = f"the rock's version is {version}"
    if inside == "rock_manifest" or inside.endswith(".rockspec"):
        return [Drop(file.path, reason)]
    return [Move(file.path, f"{file.directory}/{name}/{version}/{inside}", reason)]


def _without_clashes(steps: list[Step]) -> list[Step]:
    """Return the steps with one file for each target: each Lua version has a copy of its own."""
    taken: set[str] = set()
    settled: list[Step] = []
    for step in steps:
        if isinstance(step, Move) and step.target in taken:
            settled.append(Drop(step.path, f"it is {step.target} already"))
            continue
        if isinstance(step, Move):
            taken.add(step.target)
        settled.append(step)
    return settled


def linked(digests: Mapping[str, str]) -> list[Step]:
    """Return links for Lua files that are equal to those of the lowest Lua version, as dh-lua has.

    ``digests`` has the MD5 of each staged Lua file that is no link.
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
            steps.append(Link(file.path, target, f"it is equal to that of Lua {lowest}"))
    return steps
