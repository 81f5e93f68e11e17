"""The faults of a rockspec, each with its place, rule and fix."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import plain, quoted
from distrorocks.rocks.schema import DEPENDENCY_MEANING, FORMATS, Misfit, Table, dotted
from distrorocks.values import NamedTuple

MOST_FAULTS = 100
_LONGEST_FIELD = 40
_LONGEST_MESSAGE = 2000

_CURES = {
    "string": "write it as a string, in quotes",
    "table": "write it as a table, in braces",
    "boolean": "write true or false, without quotes",
}

_EXAMPLES = {
    "package": 'package = "name"',
    "version": 'version = "1.0-1"',
    "source": 'source = { url = "https://..." }',
    "build": 'build = { type = "builtin" }',
}


class Fault(NamedTuple):
    """One fault: place (a dotted path, ``""`` for the file itself), violated rule, and fix.

    ``luarocks`` is the message of LuaRocks 3.8 if this fault is the first, ``""`` if it has none.
    """

    path: str
    rule: str
    fix: str = ""
    luarocks: str = ""

    def __str__(self) -> str:
        return f"{plain(self.path)}: {self.rule}" if self.path else self.rule


def said(luarocks: str) -> str:
    """Return LuaRocks' message, or "" if it is too long to read."""
    return luarocks if len(luarocks) <= _LONGEST_MESSAGE else ""


class RockspecError(DistrorocksError):
    """A rockspec has faults: all of them, in the order of LuaRocks' checks.

    Only the first ``MOST_FAULTS`` of each kind are reported.
    """

    def __init__(self, faults: Sequence[Fault], file_name: str | None) -> None:
        subject = file_name or "the rockspec"
        count = "a fault" if len(faults) == 1 else f"{len(faults)} faults"
        lines = []
        for fault in faults:
            lines.append(f"  {fault}")
            if fault.fix:
                lines.append(f"    {fault.fix}")
        super().__init__(f"{subject} has {count}", detail="\n".join(lines))
        self.faults = tuple(faults)


def faults_of_misfits(
    misfits: Sequence[Misfit],
    shape: Table,
    later: Sequence[tuple[str, Collection[Misfit]]],
    using: str,
) -> list[Fault]:
    """Convert ``misfits`` of ``shape`` to faults.

    ``later`` has the misfits of the same file in each later format, in ascending order.
    """
    suffix = luarocks_suffix(using, next((name for name, left in later if not left), None))
    faults = []
    for misfit in misfits:
        cured = next((name for name, left in later if misfit not in left), None)
        fix = f'add rockspec_format = "{cured}"' if cured else _fix(misfit, shape)
        faults.append(
            Fault(misfit.place, _rule(misfit, using), fix, said(_luarocks(misfit) + suffix))
        )
    return faults


def faults_of_variables(names: Sequence[str], suffix: str) -> list[Fault]:
    """Return a fault for each of ``names``, variables that are read but never set."""
    word = "variable" if len(names) == 1 else "variables"
    luarocks = said(f"Unknown {word}: {', '.join(names)}{suffix}")
    rule = "is read as a variable, but never assigned"
    fix = "put it in quotes if it is meant to be a string"
    return [Fault(name, rule, fix, luarocks) for name in names]


def luarocks_suffix(using: str, cured_by: str | None) -> str:
    """Return the suffix of LuaRocks' type check messages."""
    if cured_by is None:
        return f" (using rockspec format {using})"
    return (
        f" (using rockspec format {using} -- adding 'rockspec_format = \"{cured_by}\"' "
        "to the rockspec will fix this)"
    )


def unknown_format(name: str) -> Fault:
    """Return the fault of an unknown ``rockspec_format``."""
    return Fault(
        "rockspec_format",
        f"{quoted(name)} is not a rockspec format",
        f"write one of {', '.join(FORMATS)}",
        f"unknown rockspec format {name} (using rockspec format {name})",
    )


def too_new_format(name: str, newest: str) -> Fault:
    """Return the fault of a ``rockspec_format`` after ``newest``."""
    return Fault(
        "rockspec_format",
        f"{quoted(name)} is newer than {newest}, the newest format that can be read",
        f'write rockspec_format = "{newest}" unless the rock needs the newer one',
        f"Rockspec format {name} is not supported, please upgrade LuaRocks.",
    )


def _rule(misfit: Misfit, using: str) -> str:
    match misfit.kind:
        case "unknown":
            return f"is not a field of rockspec format {using}"
        case "missing":
            return "is missing"
        case "type":
            return f"must be a {misfit.expected}, but is a {misfit.found}"
    if misfit.expected == DEPENDENCY_MEANING:
        return f"{quoted(misfit.found)} is not a dependency"
    return f"{quoted(misfit.found)} is not a version with a revision"


def _fix(misfit: Misfit, shape: Table) -> str:
    place = misfit.place
    match misfit.kind:
        case "unknown":
            likely = _likely_field(misfit, shape)
            return f"did you mean '{likely}'?" if likely else "remove it"
        case "missing":
            return f"add {_EXAMPLES.get(place, place)}"
        case "type":
            return _CURES[misfit.expected]
    if misfit.expected == DEPENDENCY_MEANING:
        return "write 'name' or 'name >= 1.0, < 2.0'; 'namespace/name' needs rockspec format 3.0"
    return "write letters, digits and dots, a dash and a number, such as '1.0-1'"


def _luarocks(misfit: Misfit) -> str:
    place = misfit.place
    match misfit.kind:
        case "unknown":
            return f"Unknown field {misfit.path[1] if misfit.path else ''}"
        case "missing":
            return f"Mandatory field {place} is missing."
        case "type":
            mismatch = f"Type mismatch on field {place}: expected "
            if misfit.expected == "string":
                return f"{mismatch}a string, got {misfit.found}"
            return mismatch + ("a table" if misfit.expected == "table" else misfit.expected)
    return (
        f"Type mismatch on field {place}: invalid value '{misfit.found}' does not match "
        f"{misfit.expected}"
    )


def _likely_field(misfit: Misfit, shape: Table) -> str | None:
    """Return the known field that an unknown one was most likely meant to be."""
    from difflib import get_close_matches

    if not misfit.path:
        return None
    above, key = misfit.path
    if len(str(key)) > _LONGEST_FIELD:
        return None
    known = _fields_at(dotted(above).split(".") if above else [], shape)
    return next(iter(get_close_matches(str(key), known, n=1)), None)


def _fields_at(names: Iterable[str], shape: Table) -> list[str]:
    """Return the fields of the table at path ``names`` of ``shape``."""
    for name in names:
        inner = shape.fields.get(name, shape.each)
        if not isinstance(inner, Table):
            return []
        shape = inner
    return [key for key in shape.fields if isinstance(key, str)]
