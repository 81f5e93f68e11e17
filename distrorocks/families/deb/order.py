"""The order of Debian versions, as deb-version(7) describes it and dpkg compares."""

from __future__ import annotations

import re

from distrorocks.families.versions import epoch_and_rest, number_of

DebParts = tuple[tuple[tuple[int, ...], int], ...]
DebKey = tuple[int, DebParts, DebParts]

_PART = re.compile(r"([^0-9]*)([0-9]*)")
_AFTER_LETTERS = 256


def deb_key(version: str) -> DebKey:
    """Return the place of a Debian version in their order."""
    epoch, rest = epoch_and_rest(version)
    upstream, dash, revision = rest.rpartition("-")
    if not dash:
        upstream, revision = rest, ""
    return epoch, _parts(upstream), _parts(revision or "0")


def _parts(text: str) -> DebParts:
    """Return words and numbers in turn; at last nothing, which is above a tilde."""
    parts = [
        ((*map(_weight, word), 0), number_of(number))
        for word, number in _PART.findall(text)
        if word or number
    ]
    return (*parts, ((0,), 0))


def _weight(char: str) -> int:
    """Return the rank of a character: tilde, nothing, letters, all others."""
    if char == "~":
        return -1
    return ord(char) if char.isalpha() else ord(char) + _AFTER_LETTERS
