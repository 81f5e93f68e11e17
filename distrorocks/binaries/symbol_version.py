"""Versions of symbols, such as ``GLIBC_2.38``: a name and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LABEL = re.compile(r"(?P<name>.+?)_(?P<numbers>[0-9]{1,9}(?:\.[0-9]{1,9}){0,5})")


def parts(label: str) -> tuple[str, tuple[int, ...]]:
    """Return the name and the numbers of a version: ``("GLIBC", (2, 38))``.

    One without numbers, such as ``GLIBC_PRIVATE``, is all name.
    """
    found = _LABEL.fullmatch(label)
    if found is None:
        return label, ()
    return found["name"], tuple(map(int, found["numbers"].split(".")))


def newest(labels: Iterable[str]) -> tuple[str, ...]:
    """Return the newest version of each name, in the order of names."""
    best: dict[str, tuple[tuple[int, ...], str]] = {}
    for label in labels:
        name, numbers = parts(label)
        best[name] = max(best.get(name, ((), label)), (numbers, label))
    return tuple(best[name][1] for name in sorted(best))


def numbers_of(labels: Iterable[str], name: str) -> tuple[int, ...]:
    """Return the largest numbers that a name has among versions, () if it has none."""
    found = (parts(label) for label in labels)
    return max((numbers for each, numbers in found if each == name), default=())
