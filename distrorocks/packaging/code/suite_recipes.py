"""Which commands run upstream's tests: as the rockspec, specs, a Makefile or file names say.

A command is a line of the shell, run in the build directory, where ``lua`` is the interpreter that
is tested with. Nothing is run here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from posixpath import normpath

from distrorocks.lua.value import LuaTable, sequence
from distrorocks.packaging.code.suite_commands import (
    BUSTED,
    LUA,
    WORD,
    Recipe,
    made,
    run_busted,
    spec_endings,
    specs,
    understood,
)
from distrorocks.packaging.code.suite_scripts import scripts
from distrorocks.rocks.rockspec import Rockspec

# The rocks that run specs which are not Lua, by the ending of the files' names.
_TELESCOPE, _SPECL, _MOONSCRIPT = "telescope", "specl", "moonscript"
_ENDINGS = {"moon": _MOONSCRIPT, "yaml": _SPECL, "yml": _SPECL}
_MAKE = re.compile(r"make(?:\s+(?P<target>[\w.-]+))?")
_OF_TELESCOPE = (re.compile(r"\bcontext\s*\("), re.compile(r"\bassert_\w+\s*\("))


def recipe_of(
    rockspec: Rockspec, files: Collection[str], texts: Mapping[str, str], own: Collection[str]
) -> Recipe | None:
    """Return how the tests of a rock are run, None if its sources have none.

    ``files`` are paths in the build directory, ``texts`` those that are known; ``own`` are the Lua
    files of the rock's modules, which are no tests. The rockspec comes first, then specs, a
    Makefile, and scripts by their names.
    """
    inside = sorted(path for path in files if not path.startswith("../"))
    value = rockspec.table.get("test")
    declared = _declared(value, inside, texts) if isinstance(value, dict) else None
    if declared:
        return declared
    if found := _specs(inside, texts):
        return found
    by_make = made(inside, texts)
    if by_make and by_make.commands:
        return by_make
    return scripts([path for path in inside if path not in own], texts) or by_make


def _declared(table: LuaTable, files: list[str], texts: Mapping[str, str]) -> Recipe | None:
    """Return the tests that a rockspec names (LuaRocks, "Rockspec format", test)."""
    place = "rockspec: test"
    listed = table.get("flags")
    words = sequence(listed) if isinstance(listed, dict) else []
    flags = [each for each in words if isinstance(each, str)]
    if not all(map(WORD.fullmatch, flags)):
        return Recipe(place, fault="its test.flags are no plain words")
    kind, script, command = (table.get(key) for key in ("type", "script", "command"))
    if kind == BUSTED:
        return _by_busted(place, files, tuple(flags))
    if isinstance(script, str) or (kind == "command" and not isinstance(command, str)):
        path = normpath(script) if isinstance(script, str) else "test.lua"
        if path not in files:
            return Recipe(place, fault=f"the sources lack {path}")
        return Recipe(place, LUA, (" ".join(["lua", path, *flags]),), (path,))
    if isinstance(command, str):
        return _by_command(" ".join([command.strip(), *flags]), files, texts)
    if kind is not None:
        return Recipe(place, fault=f"tests of the type {kind} are not known")
    return None


def _by_busted(place: str, files: list[str], flags: tuple[str, ...]) -> Recipe:
    """Return the tests that a rockspec says busted runs: specs in Lua, or in MoonScript."""
    rocks: dict[str, tuple[str, ...]] = {LUA: (), "moon": (_MOONSCRIPT,)}
    for ending, more in rocks.items():
        if found := specs(files, ending):
            return run_busted(found, files, flags, more)._replace(place=place)
    return Recipe(place, BUSTED, fault="the sources lack the specs")


def _by_command(command: str, files: list[str], texts: Mapping[str, str]) -> Recipe:
    """Return the tests that a rockspec starts by a command, that of make by its target."""
    place = "rockspec: test"
    by_make = _MAKE.fullmatch(command)
    if by_make:
        done = made(files, texts, by_make["target"] or "all")
    else:
        done = understood([command], {}, files, texts)
    fault = done.fault if done and not by_make else ""
    if done and done.commands:
        return done._replace(place=place)
    return Recipe(place, fault=fault or f"the command {command} is not understood")


def _specs(files: list[str], texts: Mapping[str, str]) -> Recipe | None:
    """Return the tests that are specs by their names: of busted, telescope or specl."""
    own = specs(files)
    if any("describe" in texts.get(path, "") for path in own):
        return run_busted(own, files)
    if own and all(it.search(texts.get(path, "")) for path in own for it in _OF_TELESCOPE):
        return _run(_TELESCOPE, "tsc", own)
    for ending in sorted(spec_endings(files) - {LUA}):
        found = specs(files, ending)
        runner = _ENDINGS.get(ending, "")
        if runner == _MOONSCRIPT:
            return run_busted(found, files, (), (runner,))
        if runner:
            return _run(runner, runner, found)
        return Recipe(f"specs in .{ending}", BUSTED, fault=f"no test of .{ending} is run")
    return None


def _run(rock: str, program: str, files: list[str]) -> Recipe:
    """Return how the program of a rock runs files."""
    place = f"{len(files)} files of {rock}"
    if not all(map(WORD.fullmatch, files)):
        return Recipe(place, rock, fault="the names of its files are no plain words of a shell")
    command = " ".join([f'lua "$(command -v {program})"', *files])
    return Recipe(place, rock, (command,), tuple(files), runners=(rock,))
