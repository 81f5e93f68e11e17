"""Package versions are in the order of vercmp(8)."""

from __future__ import annotations

import shutil
import subprocess
from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from distrorocks.families.pacman.order import compared, pacman_key

ORDERED = (
    *("1.0a", "1.0alpha", "1.0b", "1.0beta", "1.0p", "1.0pre", "1.0rc", "1.0", "1.0.a", "1.0.1"),
    *("1.0.1-1", "1.1", "1.1.1", "1.2", "2.0", "1:0.1-1", "10:0-1"),
)


def test_versions_are_in_order() -> None:
    """Letters after a number come before it alone, letters after a dot after it."""
    assert all(compared(one, other) <= 0 for one, other in pairwise(ORDERED))
    assert min(ORDERED, key=pacman_key) == "1.0a"


@pytest.mark.parametrize(
    ("one", "other"), [("1.0", "1.0-1"), ("1.0-1", "1.0"), ("1.001", "1.1"), ("0:1", "1")]
)
def test_versions_may_be_equal(one: str, other: str) -> None:
    """A missing pkgrel is equal to any, a missing epoch is 0, leading zeros do not count."""
    assert compared(one, other) == 0


def test_a_number_of_any_length_has_a_place() -> None:
    """Python reads no more than 4,300 digits; a longer number is above all others."""
    assert compared("9" * 5000, "7") > 0


PARTS = st.lists(
    st.sampled_from(["1", "0", "10", "007", "a", "rc", ".", "..", "_", "+", "-1", "1:", "~"]),
    max_size=6,
)
VERSIONS = PARTS.map(lambda parts: "1" + "".join(parts))


@pytest.mark.skipif(not shutil.which("vercmp"), reason="there is no pacman here")
@settings(max_examples=60)
@given(VERSIONS, VERSIONS)
def test_the_order_is_pacmans(one: str, other: str) -> None:
    """Whatever two versions are made of."""
    told = subprocess.run(["vercmp", one, other], capture_output=True, text=True, check=True)
    found = compared(one, other)
    assert (found > 0) - (found < 0) == int(told.stdout)
