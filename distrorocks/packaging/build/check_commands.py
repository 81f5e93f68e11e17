"""Check that the commands of a package without modules start, each by its own Lua.

This runs the commands with ``--help``, as ``check_require`` runs modules, and for as long: only of
packages that are being built or tested.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from distrorocks.families.lua_files import COMMAND, classify
from distrorocks.packaging.build.check_require import refuse_foreign_modules
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.named_file import read_named
from distrorocks.system.processes.command import CommandError, run
from distrorocks.values import NamedTuple

_SECONDS = 60
_LIMIT = 4 << 20
_BY_LUA = re.compile(rb"#![ \t]*(?:/usr/bin/env[ \t]+)?(?P<program>[^\s]*\blua[\w.-]*)")
_COMPILE = "assert(loadfile(os.getenv('DISTROROCKS_COMMAND')))"
_MISSING = re.compile(r"module '[^'\n]+' not found")


class Started(NamedTuple):
    """The result for one command; ``fault`` is "" if it starts."""

    command: str
    fault: str


def check_commands(
    paths: Iterable[str], *, destination: str = "", left_out: Iterable[str] = ()
) -> list[Started]:
    """Return the result of starting each command among ``paths`` below ``destination``.

    Skip the commands ``left_out``, by their names.
    One whose file Lua cannot compile does not start, nor one that ends since a module is missing.
    What it says of ``--help``, which it may not know, does not matter, nor that it never ends.
    Raise ``ForeignModulesError`` as root if another user can write what Lua would run.
    """
    skipped = {*left_out}
    commands = [
        path
        for path in sorted(paths)
        if (it := classify(path)) and it.kind == COMMAND and it.relative not in skipped
    ]
    if destination:
        refuse_foreign_modules(destination, commands, ())
    return [Started(path, _fault(destination + path)) for path in commands]


def _fault(path: str) -> str:
    """Return why a command does not start, "" if it does."""
    try:
        found = _BY_LUA.match(read_named(path, _LIMIT))
        if found:
            program = os.fsdecode(found["program"])
            compiled = run([program, "-e", _COMPILE], environment={"DISTROROCKS_COMMAND": path})
            if compiled.status != 0:
                return _first_line(compiled.stderr)
    except (FileReadError, CommandError) as error:
        return error.brief
    try:
        done = run([path, "--help"], timeout=_SECONDS)
    except CommandError:
        return ""  # it runs on, or asks for something
    missing = _MISSING.search(os.fsdecode(done.stderr)) if done.status != 0 else None
    return missing[0] if missing else ""


def _first_line(said: bytes) -> str:
    """Return what Lua says of a file that it cannot compile."""
    lines = os.fsdecode(said).strip().splitlines()
    return next((line.strip() for line in lines if "stack traceback" not in line), "Lua fails")
