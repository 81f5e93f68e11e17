"""The order of Debian versions, as deb-version(7) describes it and dpkg compares."""

from __future__ import annotations

import re

from distrorocks.families.version_order import number_of

Run = tuple[tuple[int, ...], int]
DebKey = tuple[int, tuple[Run, ...], tuple[Run, ...]]

_RUNS = re.compile(r"([^0-9]*)([0-9]*)")
_END: Run = ((0,), 0)


def sort_key(version: str) -> DebKey:
    """Return what compares as dpkg compares ``[epoch:]upstream[-revision]``."""
    epoch, colon, rest = version.partition(":")
    if not colon:
        epoch, rest = "0", version
    upstream, dash, revision = rest.rpartition("-")
    if not dash:
        upstream, revision = rest, ""
    return number_of(epoch), _runs(upstream), _runs(revision)


def _runs(text: str) -> tuple[Run, ...]:
    """Return the runs of other characters, each with the number behind it, and the end.

    No revision is revision 0. A 0 closes each run of characters, so that ``~`` comes before the
    end and all others after.
    """
    runs = tuple(
        ((*map(_place, other), 0), number_of(digits))
        for other, digits in _RUNS.findall(text or "0")
        if other or digits
    )
    return (*runs, _END)


def _place(character: str) -> int:
    """Return a character's place: ``~``, the end (0), letters, all others."""
    if character == "~":
        return -1
    return ord(character) if character.isalpha() else ord(character) + 256
