"""The type check of a rockspec: its format, undefined variables, and field types."""

from __future__ import annotations

from collections.abc import Mapping

from distrorocks.lua.value import LuaTable
from distrorocks.rocks.rockspec_fault import (
    MOST_FAULTS,
    Fault,
    faults_of_misfits,
    faults_of_variables,
    luarocks_suffix,
    too_new_format,
    unknown_format,
)
from distrorocks.rocks.schema import (
    FORMATS,
    NEWEST_OF_LUAROCKS_3_8,
    QUICK,
    STRICT,
    TOLERANT,
    Misfit,
    Table,
    check,
)
from distrorocks.rocks.version import Version
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.lua.read import Chunk


def shape_faults(chunk: Chunk, *, strict: bool) -> list[Fault]:
    """Return the faults of a rockspec before platform overrides.

    ``strict`` checks as LuaRocks 3.8, else accepts what any LuaRocks accepts.
    """
    shapes = STRICT if strict else TOLERANT
    using = chunk.globals.get("rockspec_format", "1.0")
    shape = shapes.get(using) if isinstance(using, str) else None
    if shape is not None and not (strict and using == FORMATS[-1]):
        misfits: list[Misfit] = []
        check(chunk.globals, shape, misfits)
        if not misfits and all(name in shape.fields for name in chunk.undefined):
            return []
    return _all_faults(chunk, using if isinstance(using, str) else "1.0", shapes, strict)


def quick_faults(chunk: Chunk, *, strict: bool) -> list[Fault]:
    """Return the faults that prevent LuaRocks from loading a rockspec without the type check.

    They are a format after 3.0 (``strict``) or 3.1, and fields that the loader itself reads.
    """
    using = chunk.globals.get("rockspec_format", "1.0")
    text = using if isinstance(using, str) else "1.0"
    newest = NEWEST_OF_LUAROCKS_3_8 if strict else FORMATS[-1]
    misfits: list[Misfit] = []
    check(chunk.globals, QUICK, misfits)
    faults = faults_of_misfits(misfits, QUICK, (), text)
    if Version.parse(newest).precedes(Version.parse(text)):
        faults.insert(0, too_new_format(text, newest))
    return faults


def late_misfits(table: LuaTable) -> list[Fault]:
    """Return the type faults that platform overrides introduced."""
    using = str(table.get("rockspec_format", "1.0"))
    shape = TOLERANT[using]
    misfits: list[Misfit] = []
    check(table, shape, misfits)
    return faults_of_misfits(
        [each for each in misfits if each.kind == "type"][:MOST_FAULTS], shape, (), using
    )


def _all_faults(chunk: Chunk, using: str, shapes: Mapping[str, Table], strict: bool) -> list[Fault]:
    """Return the faults of a rockspec known to have some."""
    newest = NEWEST_OF_LUAROCKS_3_8 if strict else FORMATS[-1]
    faults: list[Fault] = []
    if Version.parse(newest).precedes(Version.parse(using)):
        faults.append(too_new_format(using, newest))
    elif using not in shapes:
        faults.append(unknown_format(using))
    shape = shapes.get(using, shapes[newest])
    later = _later(chunk, using, shapes, newest)
    variables = [name for name in chunk.undefined if name not in shape.fields]
    if variables:
        cured = next((name for name, left in later if not left), None)
        faults += faults_of_variables(variables[:MOST_FAULTS], luarocks_suffix(using, cured))
    misfits: list[Misfit] = []
    check(chunk.globals, shape, misfits)
    return faults + faults_of_misfits(misfits[:MOST_FAULTS], shape, later, using)


def _later(
    chunk: Chunk, using: str, shapes: Mapping[str, Table], newest: str
) -> list[tuple[str, frozenset[Misfit]]]:
    """Return the misfits of the file in each format after ``using``, up to ``newest``."""
    result = []
    for name in FORMATS[: FORMATS.index(newest) + 1]:
        if using in FORMATS and FORMATS.index(name) > FORMATS.index(using):
            misfits: list[Misfit] = []
            check(chunk.globals, shapes[name], misfits)
            misfits += [
                Misfit(((), each), "unknown")
                for each in chunk.undefined
                if each not in shapes[name].fields
            ]
            result.append((name, frozenset(misfits)))
    return result
