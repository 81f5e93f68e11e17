"""Lint rockspecs: all reasons why LuaRocks rejects one, and what it accepts without a warning."""

from __future__ import annotations

import re

from distrorocks.errors import DistrorocksError
from distrorocks.lua.scan import LuaTextError
from distrorocks.patterns import regex
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.rocks.rockspec_advice import advice
from distrorocks.rocks.rockspec_fault import Fault, RockspecError
from distrorocks.system.lua.file import read_chunk
from distrorocks.system.lua.jail import Jail
from distrorocks.values import NamedTuple

LIMIT = 8 << 20

_ROCKSPEC_PATH = regex(r".*.rockspec", re.DOTALL)


class Report(NamedTuple):
    """The result for the file at ``path``, as the user named it.

    ``faults`` is empty exactly when ``luarocks lint`` (3.8) succeeds on the file.
    ``is_read`` is false if the file could not be read.
    """

    path: str
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...] = ()
    is_read: bool = True


def lint(path: str, *, jail: Jail | None) -> Report:
    """Return the report on one file; report errors in the file instead of raising them.

    A rockspec with code is evaluated in ``jail``; without a jail it is a fault.
    """
    faults = _path_faults(path)
    try:
        chunk = read_chunk(path, jail=jail, limit=LIMIT)
    except DistrorocksError as error:
        rule = f"{error.brief}\n{error.detail}".rstrip()
        is_read = isinstance(error, LuaTextError)
        return Report(path, (Fault("", rule, error.hint), *faults), is_read=is_read)
    faults += _licence_faults(chunk.globals.get("description"))
    try:
        rockspec = Rockspec.from_chunk(chunk, file_name=path.rpartition("/")[2], strict=True)
    except RockspecError as error:
        return Report(path, (*error.faults, *faults))
    return Report(path, faults, tuple(advice(rockspec, chunk.globals)))


def _path_faults(path: str) -> tuple[Fault, ...]:
    """Return the fault of a file name that LuaRocks would read as the name of a rock."""
    if _ROCKSPEC_PATH.fullmatch(path):
        return ()
    rule = "the file name does not end in .rockspec: luarocks lint reads it as the name of a rock"
    fix = "rename it to name-version-revision.rockspec"
    if path.endswith(".rock"):
        fix = "`distrorocks unpack` takes the rockspec out of a rock"
    return (Fault("", rule, fix),)


def _licence_faults(description: object) -> tuple[Fault, ...]:
    """Return the fault of a rockspec without a licence, which only lint requires."""
    licence = description.get("license") if isinstance(description, dict) else None
    if licence is not None:
        return ()
    rule = "is missing; luarocks lint requires it"
    fix = 'add description = { license = "MIT" }, or the licence of the rock'
    return (Fault("description.license", rule, fix, "Rockspec has no license field."),)
