"""What a relation implies is true of every package that satisfies it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cmp_to_key

from hypothesis import assume, given, strategies as st

from distrorocks.families.deb import versions as deb
from distrorocks.families.rpm import versions as rpm
from distrorocks.families.versions import rock_version
from distrorocks.rocks.constraint import parse_constraints, satisfies
from distrorocks.rocks.version import Version

NUMBERS = st.tuples(st.integers(0, 3), st.integers(0, 3)).map(
    lambda parts: ".".join(map(str, parts))
)
PRE_RELEASES = st.sampled_from(("", "", "", "~rc1", "~rc2", "~beta1", "~alpha2", "~git20140101"))
ADDITIONS = st.sampled_from(("", "", "+dfsg", "+git20200101", "+repack1"))
UPSTREAM = st.tuples(NUMBERS, PRE_RELEASES, ADDITIONS).map("".join)
REVISIONS = st.sampled_from(("", "-1", "-2", "-2+b1"))
VERSIONS = st.tuples(UPSTREAM, REVISIONS).map("".join)


def order(letter: str) -> int:
    """Return a character's place in Debian's order (deb-version(7))."""
    if letter == "~":
        return -1
    return ord(letter) if letter.isalpha() else ord(letter) + 256


def compared_part(one: str, other: str) -> int:
    """Return the sign of the comparison of two upstream versions or two revisions."""
    ones, others = (re.findall(r"([^0-9]*)([0-9]*)", text) for text in (one, other))
    length = max(len(ones), len(others))
    for text, other_text in zip(
        ones + [("", "")] * (length - len(ones)),
        others + [("", "")] * (length - len(others)),
        strict=True,
    ):
        width = max(len(text[0]), len(other_text[0]))
        for index in range(width):
            left = order(text[0][index]) if index < len(text[0]) else 0
            right = order(other_text[0][index]) if index < len(other_text[0]) else 0
            if left != right:
                return -1 if left < right else 1
        numbers = int(text[1] or 0), int(other_text[1] or 0)
        if numbers[0] != numbers[1]:
            return -1 if numbers[0] < numbers[1] else 1
    return 0


def compared(one: str, other: str) -> int:
    """Return the sign of the comparison of two Debian versions."""
    parts = [text.rpartition("-") if "-" in text else (text, "", "") for text in (one, other)]
    return compared_part(parts[0][0], parts[1][0]) or compared_part(parts[0][2], parts[1][2])


MEANING: dict[str, Callable[[int], bool]] = {
    "<<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    "=": lambda sign: sign == 0,
    ">=": lambda sign: sign >= 0,
    ">>": lambda sign: sign > 0,
}


@given(VERSIONS, VERSIONS, st.sampled_from(tuple(MEANING)))
def test_a_debian_relation_implies_its_rock_constraint(
    installed: str, named: str, operator: str
) -> None:
    """A package that satisfies the relation is a rock that satisfies the constraint."""
    assume("~git" not in installed or ">" not in operator)
    (relation,) = deb.parse_relation(f"lua-x ({operator} {named})")
    if MEANING[operator](compared(installed, named)):
        rock = rock_version(deb.upstream_version(installed)).text
        assert satisfies(Version.parse(rock), parse_constraints(relation.constraint))


@given(UPSTREAM, UPSTREAM, st.sampled_from(("<", "<=", "=", ">=", ">")))
def test_an_rpm_relation_without_release_implies_its_rock_constraint(
    installed: str, named: str, operator: str
) -> None:
    """Without a release every release is equal, so strict bounds stay strict."""
    assume("~git" not in installed or ">" not in operator)
    (relation,) = rpm.parse_relation(f"lua-x {operator} {named}")
    meaning = MEANING[{"<": "<<", ">": ">>"}.get(operator, operator)]
    if meaning(compared_part(installed, named)):
        rock = rock_version(rpm.upstream_version(f"{installed}-1")).text
        assert satisfies(Version.parse(rock), parse_constraints(relation.constraint))


def test_the_comparison_is_dpkgs() -> None:
    """The order that these tests assume is the one that deb-version(7) describes."""
    ordered = [
        "1.0~~",
        "1.0~alpha2",
        "1.0~rc1",
        "1.0",
        "1.0-1",
        "1.0-2",
        "1.0+dfsg",
        "1.0.1",
        "1.2",
    ]
    assert sorted(set(ordered), key=cmp_to_key(compared)) == ordered
