"""pacman's versions and relations: their order, and how they are read and written.

A version is ``[epoch:]pkgver[-pkgrel]``, compared as vercmp(8) does: by an older rpmvercmp without
tilde and caret, in which letters after a number come before it.
"""

from __future__ import annotations

from functools import cmp_to_key

from distrorocks.families.version_range import Spans, without_gaps
from distrorocks.families.versions import (
    Relation,
    epoch_and_rest,
    implied_constraint,
    number_of,
    plain_version,
)
from distrorocks.patterns import regex
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

_SEGMENT = regex(r"([^A-Za-z0-9]*)([0-9]+|[A-Za-z]+|)")

_RELATION = regex(
    r"(?P<name>[A-Za-z0-9@_+][A-Za-z0-9@._+-]*)"
    r"(?:(?P<operator><=|>=|=|<|>)(?P<version>[^\s<>=]+))?"
)
_LIBRARY = regex(r"(?:lib)?[^=<>\s]*\.so(?:[.:=<>].*)?")


def compared(one: str, other: str) -> int:
    """Return less than 0, 0 or more as pacman compares two whole versions.

    A version without pkgrel is equal to the same one with any.
    """
    (epoch, rest), (other_epoch, other_rest) = epoch_and_rest(one), epoch_and_rest(other)
    if epoch != other_epoch:
        return -1 if epoch < other_epoch else 1
    version, dash, release = rest.rpartition("-")
    other_version, other_dash, other_release = other_rest.rpartition("-")
    found = _compared(version if dash else rest, other_version if other_dash else other_rest)
    return found or (_compared(release, other_release) if dash and other_dash else 0)


pacman_key: Any = cmp_to_key(compared)


def _compared(one: str, other: str) -> int:
    """Compare two versions, or two releases, segment by segment."""
    if one == other:
        return 0
    at = other_at = 0
    while at < len(one) and other_at < len(other):
        gap, segment = _segment(one, at)
        other_gap, other_segment = _segment(other, other_at)
        at, other_at = at + len(gap), other_at + len(other_gap)
        if at == len(one) or other_at == len(other):
            break
        if len(gap) != len(other_gap):
            return -1 if len(gap) < len(other_gap) else 1
        if found := _order(segment, other_segment):
            return found
        at, other_at = at + len(segment), other_at + len(other_segment)
    return _of_rests(one[at:], other[other_at:])


def _segment(text: str, at: int) -> tuple[str, str]:
    found = _SEGMENT.match(text, at)
    return (found[1], found[2]) if found else ("", "")


def _order(one: str, other: str) -> int:
    """Compare two segments; a number is above letters."""
    if one.isdigit() != other.isdigit():
        return 1 if one.isdigit() else -1
    if one.isdigit():
        number, other_number = number_of(one), number_of(other)
        return (number > other_number) - (number < other_number)
    return (one > other) - (one < other)


def _of_rests(rest: str, other: str) -> int:
    """Compare what is left of two versions, one of which is at its end: 1.0a is before 1.0."""
    if not rest and not other:
        return 0
    if (not rest and not _is_letter(other)) or _is_letter(rest):
        return -1
    return 1


def _is_letter(text: str) -> bool:
    return text[:1].isascii() and text[:1].isalpha()


def upstream_version(version: str) -> str:
    """Return the pkgver of ``[epoch:]pkgver[-pkgrel]`` (PKGBUILD(5))."""
    return plain_version(version)


def parse_relation(text: str) -> tuple[Relation, ...]:
    """Return the package that one line of ``%DEPENDS%`` needs; () for libraries and malformed."""
    text = text.partition(": ")[0].strip()
    found = _RELATION.fullmatch(text)
    if not found or _LIBRARY.fullmatch(text):
        return ()
    if not found["operator"]:
        return (Relation(found["name"]),)
    operator, version = implied_constraint(
        found["operator"], upstream_version(found["version"]), revised="-" in found["version"]
    )
    return (Relation(found["name"], operator, version),)


def written_need(name: str, spans: Spans) -> str:
    """Return the needs that every version in the spans satisfies: pacman has no "or".

    It has no sign for "before" either: 1.0rc1 is before 1.0, and nothing else is.
    """
    return without_gaps(name, spans, lambda bound: bound.replace("~", ""))
