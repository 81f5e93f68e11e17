"""apk's versions and relations: their order, and how they are read and written.

A version is ``digits{.digits}{letter}{_suffix{digits}}{~hash}{-rdigits}``. Parts are compared one
by one, as apk-tools 3 does. Where one version has fewer, the longer one is above it, unless it goes
on with a suffix of what is not released yet.
"""

from __future__ import annotations

import re

from distrorocks.families.version_range import Spans, without_gaps
from distrorocks.families.versions import Relation, implied_constraint, number_of
from distrorocks.patterns import regex

Part = tuple[int, int, str]
ApkKey = tuple[Part, ...]

BEFORE = ("alpha", "beta", "pre", "rc")
AFTER = ("cvs", "svn", "git", "hg", "p")
_FIRST = regex(r"[0-9]+")
# The number of a suffix has no sign of its own.
_KINDS = regex(
    r"(?P<letter>[a-z])|\.(?P<number>[0-9]+)|_(?P<suffix>[a-z]+)|(?P<of_suffix>[0-9]+)"
    r"|~(?P<hash>[0-9a-f]+)|-r(?P<revision>[0-9]+)"
)
# Each kind of part with the kinds that it may follow.
_FOLLOWS = {
    "letter": ("first", "number"),
    "number": ("first", "number"),
    "suffix": ("first", "number", "letter", "suffix", "of_suffix"),
    "of_suffix": ("suffix",),
    "hash": ("first", "number", "letter", "suffix", "of_suffix"),
    "revision": ("first", "number", "letter", "suffix", "of_suffix", "hash"),
}
# What may follow in a version, lowest first: a suffix of BEFORE, something malformed, nothing.
_RANKS = {
    "before": 0,
    "malformed": 1,
    "end": 2,
    "revision": 3,
    "hash": 4,
    "of_suffix": 5,
    "after": 6,
    "letter": 7,
    "number": 8,
    "first": 9,
}

_RELATION = regex(
    r"(?P<name>[A-Za-z0-9_+][A-Za-z0-9._+-]*)(?:@[A-Za-z0-9._-]+)?"
    r"(?:(?P<operator>[<>=~]{1,2})(?P<version>[0-9][^\s<>=~@]*))?"
)
_OPERATORS = frozenset({"<", "<=", "=", ">=", ">"})
_FUZZY = frozenset({"~", "~=", "=~"})
_REVISION = regex(r"-r[0-9]+$")
_HASH = regex(r"~[0-9a-f]+")
_SUFFIX = regex(rf"_(?:(?P<before>{'|'.join(BEFORE)})|(?P<after>{'|'.join(AFTER)}))(?![a-z])")


def apk_key(version: str) -> ApkKey:
    """Return the place of a whole version in the order; what is malformed ends it."""
    first = _FIRST.match(version)
    if not first:
        return (_part("malformed"),)
    parts = [_part("first", number_of(first[0]))]
    at, last = first.end(), "first"
    while at < len(version):
        found = _KINDS.match(version, at)
        kind = found.lastgroup if found else None
        if not found or not kind or last not in _FOLLOWS[kind]:
            return (*parts, _part("malformed"))
        part = _valued(kind, found[kind])
        parts.append(part)
        if part == _part("malformed"):
            return tuple(parts)
        at, last = found.end(), kind
    return (*parts, _part("end"))


def _valued(kind: str, text: str) -> Part:
    """Return a part with its value."""
    if kind == "letter":
        return _part(kind, ord(text))
    if kind == "hash":
        return _part(kind, 0, text)
    if kind == "suffix":
        if text in BEFORE:
            return _part("before", BEFORE.index(text))
        return _part("after", AFTER.index(text)) if text in AFTER else _part("malformed")
    if kind == "number" and text.startswith("0"):  # by its letters, before all others
        return _part(kind, -1, text)
    return _part(kind, number_of(text))


def _part(kind: str, number: int = 0, text: str = "") -> Part:
    return _RANKS[kind], number, text


def upstream_version(version: str) -> str:
    """Return a version without ``-rN``, its suffixes as all families' are: 1.0_rc1 is 1.0~rc1."""
    plain = _HASH.sub("+", _REVISION.sub("", version))
    return _SUFFIX.sub(_sign, plain)


def _sign(found: re.Match[str]) -> str:
    return f"~{found['before']}" if found["before"] else f"+{found['after']}"


def parse_relation(text: str) -> tuple[Relation, ...]:
    """Return the package that one word of ``D:`` needs.

    Conflicts, libraries, commands, files and packages by their checksums give none.
    """
    found = _RELATION.fullmatch(text.strip())
    if not found:
        return ()
    name, operator = found["name"], found["operator"]
    if not operator:
        return (Relation(name),)
    upstream = upstream_version(found["version"])
    if operator in _FUZZY:
        operator = "="
    elif operator not in _OPERATORS:
        return (Relation(name),)
    is_revised = bool(_REVISION.search(found["version"]))
    return (Relation(name, *implied_constraint(operator, upstream, revised=is_revised)),)


def written_need(name: str, spans: Spans) -> str:
    """Return the needs that every version in the spans satisfies: apk has no "or"."""
    return without_gaps(name, spans, _spelled)


def _spelled(bound: str) -> str:
    """Return a bound of a span as apk writes it."""
    return bound.removesuffix("~~").replace("~", "_")
