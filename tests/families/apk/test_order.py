"""Package versions are in the order of apk-tools 3."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from distrorocks.families.apk.order import apk_key

ORDERED = (
    *("0.9", "1.0_alpha_pre2", "1.0_alpha", "1.0_alpha2", "1.0_beta", "1.0_pre", "1.0_rc1"),
    *("1.0_rc2-r3", "1.0", "1.0-r0", "1.0-r1", "1.0-r10", "1.0~abc", "1.0_cvs", "1.0_svn"),
    *("1.0_git", "1.0_git20200101", "1.0_hg", "1.0_p", "1.0_p1", "1.0_p10", "1.0a", "1.0b-r1"),
    *("1.0.0", "1.0.01", "1.0.1", "1.01", "1.1", "1.2", "1.10", "2"),
)


def test_versions_are_in_order() -> None:
    """What is not released yet, nothing, revision, hash, what came later, letter, number."""
    keys = [apk_key(text) for text in ORDERED]
    assert all(one < other for one, other in pairwise(keys))


@pytest.mark.parametrize(
    ("malformed", "whole"),
    [
        ("1.0bc", "1.0b"),
        ("1.0_foo", "1.0"),
        ("1.0-r1.1", "1.0-r1"),
        ("1..0", "1"),
        ("1.0-1", "1.0"),
    ],
)
def test_what_is_malformed_is_below_its_beginning(malformed: str, whole: str) -> None:
    """As apk has it: a version that ends is above one that goes on with nonsense."""
    assert apk_key(malformed) < apk_key(whole)


def test_a_number_of_any_length_has_a_place() -> None:
    """Python reads no more than 4,300 digits; a longer number is above all others."""
    assert apk_key(f"1.{'9' * 5000}") > apk_key("1.9999")


@given(st.text("0123456789.abrc_~-p", max_size=20))
def test_every_text_has_a_place(text: str) -> None:
    """An index may say anything of a version."""
    assert apk_key(text) == apk_key(text)
    assert not apk_key(text) < apk_key(text)
