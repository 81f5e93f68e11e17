"""The order of package versions, by each family's rules, as keys to sort by.

Debian: Policy 5.6.12. RPM: epoch, version, release, each by ``rpmvercmp``.
"""

from __future__ import annotations

import re

DebParts = tuple[tuple[tuple[int, ...], int], ...]
DebKey = tuple[int, DebParts, DebParts]
RpmParts = tuple[tuple[int, str | int], ...]
RpmKey = tuple[int, RpmParts, RpmParts]

_DEB_PART = re.compile(r"([^0-9]*)([0-9]*)")
_RPM_PART = re.compile(r"~|\^|[0-9]+|[A-Za-z]+")
_TILDE, _END, _CARET, _WORD, _NUMBER = range(5)
_AFTER_LETTERS = 256
_MOST_DIGITS = 400


def deb_key(version: str) -> DebKey:
    """Return the place of a Debian version in their order."""
    epoch, rest = _epoch(version)
    upstream, dash, revision = rest.rpartition("-")
    if not dash:
        upstream, revision = rest, "0"
    return epoch, _deb_parts(upstream), _deb_parts(revision)


def rpm_key(version: str) -> RpmKey:
    """Return the place of an RPM's ``[epoch:]version[-release]`` in their order."""
    epoch, rest = _epoch(version)
    upstream, _, release = rest.partition("-")
    return epoch, _rpm_parts(upstream), _rpm_parts(release)


def _epoch(version: str) -> tuple[int, str]:
    epoch, colon, rest = version.partition(":")
    return (number_of(epoch), rest) if colon and epoch.isdecimal() else (0, version)


def number_of(digits: str) -> int:
    """Return the number that digits are; one of too many digits is as large as any.

    Python reads 4,300 digits at most, in a time that grows with their square.
    """
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS


def _deb_parts(text: str) -> DebParts:
    """Return words and numbers in turn; at last nothing, which is above a tilde."""
    parts = [
        ((*map(_weight, word), 0), number_of(number))
        for word, number in _DEB_PART.findall(text)
        if word or number
    ]
    return (*parts, ((0,), 0))


def _weight(char: str) -> int:
    """Return the rank of a character: tilde, nothing, letters, all others."""
    if char == "~":
        return -1
    return ord(char) if char.isalpha() else ord(char) + _AFTER_LETTERS


def _rpm_parts(text: str) -> RpmParts:
    parts: list[tuple[int, str | int]] = []
    for part in _RPM_PART.findall(text):
        if part in "~^":
            parts.append((_TILDE if part == "~" else _CARET, 0))
        elif part.isdecimal():
            parts.append((_NUMBER, number_of(part)))
        else:
            parts.append((_WORD, part))
    return (*parts, (_END, 0))
