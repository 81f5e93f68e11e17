"""What a names file says of packages: TOML tables, checked key by key.

The administrator's ``names.toml`` and the shipped maps have one form::

    [lua-foo]                       # the package; stands for lua5.4-foo and lua54-foo too
    rock = "foo"
    version = "1.2-1"               # optional; may use {upstream} and {lua} ("54" for 5.4)
    lua_versions = ["5.1", "5.4"]   # optional; all when absent
    needs = ["lua-other"]           # optional; what its rock requires and it only recommends

    [lua-bar]
    publish = false
    reason = "its modules are renamed"

    [[lua-baz.rocks]]               # a package that holds several rocks
    rock = "baz"                    # without modules: all that the others do not own
    [[lua-baz.rocks]]
    rock = "baz-extra"
    modules = ["baz.extra"]
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from distrorocks.errors import DistrorocksError
from distrorocks.patterns import regex
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

HIGH, MEDIUM, LOW = "high", "medium", "low"

_PACKAGE = regex(r"[A-Za-z0-9][A-Za-z0-9+._-]*")
_ROCK = regex(r"[a-z0-9_][a-z0-9._-]*")
_VERSION = regex(r"(?:[A-Za-z0-9.]|\{upstream\}|\{lua\})+-[0-9]+")
_LUA_VERSION = regex(r"5\.[1-9][0-9]?")
_MODULE = regex(r"[^\s/\\]+")
_MOST_SHOWN = 50
_LONGEST_SHOWN = 300
_ROCK_KEYS = ("rock", "version", "lua_versions", "modules")
_KEYS = (
    *_ROCK_KEYS[:3],
    "rocks",
    "publish",
    "reason",
    "confidence",
    "evidence",
    "versions",
    "needs",
)


class NamesError(DistrorocksError):
    """A names file has faults; the detail names each by its dotted path."""


class HeldRock(NamedTuple):
    """One rock that a package holds.

    ``version`` is a whole rock version or a pattern for one, None for the package's own.
    ``lua_versions`` are those it is held for, () for all. ``modules`` are the names it owns, None
    for all that no other rock of the package owns.
    """

    rock: str
    version: str | None = None
    lua_versions: tuple[str, ...] = ()
    modules: tuple[str, ...] | None = None


class NameEntry(NamedTuple):
    """The entry of one package in a names file.

    ``versions`` maps an upstream version to the rock version it is, where no rule tells it.
    ``needs`` are packages that the rock requires and the package only recommends.
    """

    rocks: tuple[HeldRock, ...] = ()
    publish: bool = True
    reason: str = ""
    confidence: str = HIGH
    evidence: str = ""
    versions: Mapping[str, str] = MappingProxyType({})
    needs: tuple[str, ...] = ()


class _Faults:
    """Gathers the faults of one file."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    @property
    def text_of_first(self) -> str:
        """The first lines, each truncated if it is long."""
        shown = [_shortened(line) for line in self.lines[:_MOST_SHOWN]]
        left = len(self.lines) - len(shown)
        return "\n".join([*shown, *([f"and {left} more"] if left else [])])

    def text(
        self, table: Mapping[str, Any], place: str, key: str, form: re.Pattern[str], allowed: str
    ) -> str | None:
        """Return the text at ``key``, None if it is absent or (noted) not of its form."""
        value = table.get(key)
        if value is None or (isinstance(value, str) and form.fullmatch(value)):
            return value
        self.lines.append(f"{place}.{key}: {allowed}, not {value!r}")
        return None

    def texts(
        self, table: Mapping[str, Any], place: str, key: str, form: re.Pattern[str], allowed: str
    ) -> tuple[str, ...]:
        """Return the list of texts at ``key``, () if it is absent or (noted) something else."""
        value = table.get(key, [])
        is_list = isinstance(value, list)
        if is_list and all(isinstance(item, str) and form.fullmatch(item) for item in value):
            return tuple(value)
        self.lines.append(f"{place}.{key}: a list, each {allowed}, not {value!r}")
        return ()

    def table(self, value: Any, place: str, keys: tuple[str, ...]) -> Mapping[str, Any]:
        """Return ``value`` if it is a table, noting keys that mean nothing."""
        if not isinstance(value, dict):
            self.lines.append(f"{place}: a table, not {value!r}")
            return {}
        for key in value:
            if isinstance(value[key], dict) and key not in keys:
                self.lines.append(f'{place}.{key}: write a name with dots as ["{place}.{key}"]')
            elif key not in keys:
                self.lines.append(f"{place}.{key}: no such key; allowed are {', '.join(keys)}")
        return value


def _shortened(line: str) -> str:
    """Return a line, truncated if it is long."""
    return line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN]}..."


def parse_names(document: Mapping[str, Any], *, file_name: str) -> dict[str, NameEntry]:
    """Return package -> entry for a names file as the TOML parser gives it.

    Raise NamesError with all faults, each with its dotted path.
    """
    faults = _Faults()
    entries = {}
    for package, value in document.items():
        if not _PACKAGE.fullmatch(package):
            faults.lines.append(f"{package!r}: a package's name has letters, digits and + . _ -")
        entries[package] = _entry(faults, package, faults.table(value, package, _KEYS))
    if faults.lines:
        raise NamesError(
            f"{file_name} is not a valid names file",
            detail=faults.text_of_first,
            hint='each table is a package: [lua-foo] with rock = "foo", or publish = false',
        )
    return entries


def _entry(faults: _Faults, place: str, table: Mapping[str, Any]) -> NameEntry:
    """Return one package's entry."""
    words = re.compile(r"[^\x00-\x1f]*")
    confidence = faults.text(
        table, place, "confidence", re.compile("high|medium|low"), "high, medium or low"
    )
    publish = table.get("publish", True)
    if not isinstance(publish, bool):
        faults.lines.append(f"{place}.publish: true or false, not {publish!r}")
    rocks = _rocks(faults, place, table)
    if publish is True and not rocks and table:
        faults.lines.append(f"{place}: a rock, or rocks, or publish = false must be there")
    return NameEntry(
        rocks,
        publish is True,
        faults.text(table, place, "reason", words, "a text on one line") or "",
        confidence or HIGH,
        faults.text(table, place, "evidence", words, "a text on one line") or "",
        _versions(faults, place, table),
        faults.texts(table, place, "needs", _PACKAGE, "a package's name"),
    )


def _rocks(faults: _Faults, place: str, table: Mapping[str, Any]) -> tuple[HeldRock, ...]:
    """Return the rocks that an entry names, from ``rock`` or from ``rocks``."""
    several = table.get("rocks")
    if several is None:
        return (_held(faults, place, table),) if "rock" in table else ()
    if not isinstance(several, list) or not several:
        faults.lines.append(f"{place}.rocks: a list of tables [[{place}.rocks]]")
        return ()
    faults.lines.extend(
        f"{place}.{key}: not beside rocks; say it in each [[{place}.rocks]]"
        for key in _ROCK_KEYS
        if key in table
    )
    held = []
    for number, value in enumerate(several, start=1):
        inner = f"{place}.rocks[{number}]"
        rock = faults.table(value, inner, _ROCK_KEYS)
        if "rock" not in rock:
            faults.lines.append(f"{inner}.rock: must be there")
        held.append(_held(faults, inner, rock))
    return tuple(held)


def _held(faults: _Faults, place: str, table: Mapping[str, Any]) -> HeldRock:
    """Return one rock of a package."""
    name = faults.text(table, place, "rock", _ROCK, "a rock's name in lower case")
    version = faults.text(
        table, place, "version", _VERSION, 'a rock version with revision such as "1.2-1"'
    )
    versions = faults.texts(table, place, "lua_versions", _LUA_VERSION, 'a version such as "5.4"')
    modules = faults.texts(table, place, "modules", _MODULE, "a module's name")
    return HeldRock(name or "", version, versions, modules if "modules" in table else None)


def _versions(faults: _Faults, place: str, table: Mapping[str, Any]) -> Mapping[str, str]:
    """Return upstream version -> rock version."""
    value = table.get("versions", {})
    if isinstance(value, dict):
        names = list(value)
        return {
            name: text
            for name in names
            if (text := faults.text(value, f"{place}.versions", name, _VERSION, "a rock version"))
        }
    faults.lines.append(f"{place}.versions: a table, not {value!r}")
    return {}


_FLAVOUR = regex(r"\Alua5\.?[1-9]-(?=.)")


def plain_name(package: str) -> str:
    """Return ``lua-X`` for ``lua5.4-X`` and ``lua54-X``; other names as they are.

    Alpine, ALT and Fedora (for its older Luas) have one package of a rock for each Lua.
    """
    return _FLAVOUR.sub("lua-", package)
