"""The order of apk's versions: ``digits{.digits}{letter}{_suffix{digits}}{~hash}{-rdigits}``.

Parts are compared one by one, as apk-tools 3 does. Where one version has less, the longer one is
above it, unless it goes on with a suffix of what is not released yet.
"""

from __future__ import annotations

import re

from distrorocks.families.versions import number_of

Part = tuple[int, int, str]
ApkKey = tuple[Part, ...]

BEFORE = ("alpha", "beta", "pre", "rc")
AFTER = ("cvs", "svn", "git", "hg", "p")
_FIRST = re.compile(r"[0-9]+")
# The number of a suffix has no sign of its own.
_KINDS = re.compile(
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
# What a version goes on with, lowest first: a suffix of BEFORE, something malformed, nothing.
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
