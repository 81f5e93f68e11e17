"""pacman's versions are in the order of vercmp(8), and its relations are read and written."""

from __future__ import annotations

import shutil
import subprocess
from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from distrorocks.families.pacman.family import FAMILY
from distrorocks.families.pacman.versions import compared, pacman_key
from distrorocks.families.version_range import ALL, NOTHING, accepted
from distrorocks.rocks.constraint import parse_constraints

ORDERED = (
    *("1.0a", "1.0alpha", "1.0b", "1.0beta", "1.0p", "1.0pre", "1.0rc", "1.0", "1.0.a", "1.0.1"),
    *("1.0.1-1", "1.1", "1.1.1", "1.2", "2.0", "1:0.1-1", "10:0-1"),
)


def test_versions_are_in_order() -> None:
    """Letters after a number come before it alone, letters after a dot after it."""
    assert compared("1-rc-2", "1-rc-1") > 0
    assert all(compared(one, other) <= 0 for one, other in pairwise(ORDERED))
    assert min(ORDERED, key=pacman_key) == "1.0a"


@pytest.mark.parametrize(
    ("one", "other"),
    [("1.0", "1.0-1"), ("1.0-1", "1.0"), ("1.001", "1.1"), ("0:1", "1"), ("1-rc-2", "1-rc-2")],
)
def test_versions_may_be_equal(one: str, other: str) -> None:
    """A missing pkgrel is equal to any, a missing epoch is 0, leading zeros do not count.

    The last dash begins the pkgrel.
    """
    assert compared(one, other) == 0


def test_a_number_of_any_length_has_a_place() -> None:
    """Python reads no more than 4,300 digits; a longer number is above all others."""
    assert compared("9" * 5000, "7") > 0


PARTS = st.lists(
    st.sampled_from(["1", "0", "10", "007", "a", "rc", ".", "..", "_", "+", "-1", "1:", "~"]),
    max_size=6,
)
VERSIONS = PARTS.map(lambda parts: "1" + "".join(parts))


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        *(("1.1", "1..1"), ("1.1", "1.+1"), ("1", "1."), ("1.a", "1.1"), ("1.a", "1.b")),
        *(
            ("1.0a1", "1.0a2"),
            ("1.0a", "1.0a1"),
            ("1_9", "1.10"),
            ("1-1", "1-1.1"),
            ("1-9", "1-10"),
        ),
    ],
)
def test_separators_count_by_their_number_alone(lower: str, higher: str) -> None:
    """More of them are above fewer; then numbers are above letters, and rests above none."""
    assert compared(lower, higher) < 0
    assert compared(higher, lower) > 0
    assert compared(lower.replace(".", "_"), higher.replace("_", ".")) < 0


@given(VERSIONS, VERSIONS)
def test_no_version_is_on_both_sides_of_another(one: str, other: str) -> None:
    """Whatever they are made of; one is equal to itself."""
    ahead, back = compared(one, other), compared(other, one)
    assert (ahead > 0, ahead < 0) == (back < 0, back > 0)
    assert compared(one, one) == 0


@pytest.mark.skipif(not shutil.which("vercmp"), reason="there is no pacman here")
@settings(max_examples=60)
@given(VERSIONS, VERSIONS)
def test_the_order_is_pacmans(one: str, other: str) -> None:
    """Whatever two versions are made of."""
    told = subprocess.run(["vercmp", one, other], capture_output=True, text=True, check=True)
    found = compared(one, other)
    assert (found > 0) - (found < 0) == int(told.stdout)


@pytest.mark.parametrize(
    ("version", "upstream"),
    [("1:1.4.1-3", "1.4.1"), ("1.0.2-1", "1.0.2"), ("1.0", "1.0"), ("r12.abc-1.1", "r12.abc")],
)
def test_epoch_and_pkgrel_are_no_part_of_upstreams_version(version: str, upstream: str) -> None:
    """As PKGBUILD(5) writes the three."""
    assert FAMILY.upstream_version(version) == upstream


@pytest.mark.parametrize(
    ("text", "relations"),
    [
        ("lua-lpeg", [("lua-lpeg", "")]),
        ("lua>=5.4", [("lua", ">= 5.4")]),
        ("lua51-socket=1:3.0-2", [("lua51-socket", "~> 3.0")]),
        ("lua-a<2", [("lua-a", "< 2")]),
        ("lua-a: to have more", [("lua-a", "")]),
        ("libcrypto.so=3-64", []),
        ("libz.so", []),
        ("", []),
        (">=1", []),
        ("a b", []),
    ],
)
def test_a_line_of_depends_is_one_relation(text: str, relations: list[tuple[str, str]]) -> None:
    """Libraries say nothing of packages."""
    found = FAMILY.parse_relation(text)
    assert [(each.name, each.constraint) for each in found] == relations


@pytest.mark.parametrize(
    ("constraint", "need"),
    [
        (">= 1.0", "x>=1"),
        ("< 2", "x<2.0.0"),
        ("~> 1.2", "x>=1.2 x<1.3"),
        ("== 1.0rc1", "x>=1.0rc1 x<1.0rc1.0"),
    ],
)
def test_needs_are_said_by_their_bounds(constraint: str, need: str) -> None:
    """There is no "or": what lies between two spans is let in."""
    assert FAMILY.written_need("x", accepted(parse_constraints(constraint))).startswith(need)
    assert (FAMILY.written_need("x", ALL), FAMILY.written_need("x", NOTHING)) == ("x", "x<0")
