"""Package versions are in the order of dpkg and of rpm."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from distrorocks.families.rpm.versions import rpm_key
from distrorocks.families.versions import deb_key

DEB = (
    *("1.0~~", "1.0~rc1-1", "1.0~rc1-1+b1", "1.0", "1.0-0.1", "1.0-1", "1.0-1+b1", "1.0-2"),
    *("1.0a-1", "1.0+dfsg-1", "1.0.1-1", "1.1-1", "1.10-1", "2-1", "1:0.1-1", "10:0-1"),
)
RPM = (
    *("1.0~rc1-1", "1.0-0.1.fc40", "1.0-1.fc39", "1.0-1.fc40", "1.0-2.fc39", "1.0^git1-1"),
    *("1.0a-1", "1.0.1-1", "1.1-1", "1.10-1", "2-1", "1:0.1-1"),
)


def test_debian_versions_are_in_order() -> None:
    """Tildes before the end, letters before signs, numbers as numbers, epochs first."""
    order = [deb_key(text) for text in DEB]
    assert all(one < other for one, other in pairwise(order))


def test_leading_zeros_mean_nothing() -> None:
    """Neither for the one nor for the other."""
    assert deb_key("1.07-01") == deb_key("1.7-1")
    assert rpm_key("1.07-01") == rpm_key("1.7-1")


def test_rpm_versions_are_in_order() -> None:
    """Tildes before the end, carets after it, letters before numbers."""
    order = [rpm_key(text) for text in RPM]
    assert all(one < other for one, other in pairwise(order))


PARTS = st.lists(st.sampled_from(["1", "0", "10", "a", "b", ".", "+", "~", "~~", "z"]), max_size=6)
VERSIONS = PARTS.map(lambda parts: "1" + "".join(parts))


@pytest.mark.skipif(not shutil.which("dpkg"), reason="there is no dpkg here")
@settings(max_examples=40)
@given(VERSIONS, VERSIONS)
def test_the_order_is_dpkgs(one: str, other: str) -> None:
    """Whatever two versions are made of."""
    command = ["dpkg", "--compare-versions", one, "lt", other]
    is_less = subprocess.run(command, check=False).returncode == 0
    assert (deb_key(one) < deb_key(other)) == is_less


@pytest.mark.parametrize("key", [deb_key, rpm_key])
def test_a_number_of_any_length_has_a_place(key: Callable[[str], object]) -> None:
    """Python reads no more than 4,300 digits; a longer number is above all others."""
    huge = "9" * 5000
    assert key(f"1.{huge}-1") > key("1.9999-1")  # type: ignore[operator]
    assert key(f"{huge}:1-1") > key("7:1-1")  # type: ignore[operator]
    assert key(f"1.{'0' * 5000}7-1") == key("1.7-1")
