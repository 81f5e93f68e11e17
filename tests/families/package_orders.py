"""What dpkg and rpm make of a written need, with their orders of versions in pure Python.

``integration/suites/test_version_ranges.py`` asks the real programs.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from distrorocks.families.versions import deb_key

_MEANING: dict[str, Callable[[int], bool]] = {
    "<<": lambda sign: sign < 0,
    "<": lambda sign: sign < 0,
    ">=": lambda sign: sign >= 0,
}
_DEB = re.compile(r"\S+ \((<<|>=) (\S+)\)")
_RPM = re.compile(r"\S+ (<|>=) ([^\s()]+)")


def deb_compared(one: str, other: str) -> int:
    """Return -1, 0 or 1 as dpkg compares two versions."""
    return (deb_key(one) > deb_key(other)) - (deb_key(one) < deb_key(other))


def rpm_compared(one: str, other: str) -> int:
    """Return -1, 0 or 1 as rpm compares two versions; a missing release is equal to any."""
    ones, others = one.partition("-"), other.partition("-")
    return vercmp(ones[0], others[0]) or (
        vercmp(ones[2], others[2]) if ones[2] and others[2] else 0
    )


def vercmp(one: str, other: str) -> int:
    """Return rpm's comparison of two versions or two releases (rpm-version(7))."""
    while True:
        one, other = (re.sub(r"^[^A-Za-z0-9~^]+", "", text) for text in (one, other))
        if one[:1] == "~" or other[:1] == "~":
            if one[:1] != other[:1]:
                return -1 if one[:1] == "~" else 1
            one, other = one[1:], other[1:]
            continue
        if one[:1] == "^" or other[:1] == "^":
            if one[:1] == other[:1]:
                one, other = one[1:], other[1:]
                continue
            if not one or not other:
                return 1 if one else -1
            return -1 if one[:1] == "^" else 1
        if not one or not other:
            return bool(one) - bool(other)
        run = r"[0-9]*" if one[0].isdigit() else r"[A-Za-z]*"
        mine, theirs = (str(re.match(run, text)[0]) for text in (one, other))  # type: ignore[index]
        if not theirs:
            return 1 if mine[0].isdigit() else -1
        one, other = one[len(mine) :], other[len(theirs) :]
        keys = (int(mine), int(theirs)) if mine[0].isdigit() else (mine, theirs)
        if keys[0] != keys[1]:
            return 1 if keys[0] > keys[1] else -1  # type: ignore[operator]


def deb_admits(need: str, version: str) -> bool:
    """Tell whether a package's version satisfies all entries of a Depends about it."""
    return all(
        any(
            not (found := _DEB.fullmatch(part))
            or _MEANING[found[1]](deb_compared(version, found[2]))
            for part in entry.split(" | ")
        )
        for entry in need.split(", ")
    )


def rpm_admits(need: str, version: str) -> bool:
    """Tell whether a capability's version satisfies a requirement, rich or not."""
    spans = need[1:-1].split(" or ") if " or " in need else [need]
    return any(
        all(
            _MEANING[operator](rpm_compared(version, bound))
            for operator, bound in _RPM.findall(span)
        )
        for span in spans
    )
