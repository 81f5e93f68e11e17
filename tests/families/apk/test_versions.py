"""apk's versions are in the order of apk-tools 3, and its relations are read and written."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from distrorocks.families.apk.family import FAMILY
from distrorocks.families.apk.versions import apk_key
from distrorocks.families.version_range import ALL, NOTHING, accepted
from distrorocks.families.versions import rock_version
from distrorocks.rocks.constraint import parse_constraints

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
        ("1.0a.1", "1.0a"),
        ("1.0a2", "1.0a"),
        ("1.0-r1a", "1.0-r1"),
        ("1.0-r1-r2", "1.0-r1"),
        ("1.0-r1_p1", "1.0-r1"),
        ("1.0_p1.2", "1.0_p1"),
        ("1.0_p1a", "1.0_p1"),
        ("1.0~abc~abd", "1.0~abc"),
        ("1.0~abc.1", "1.0~abc"),
        ("1.0~abc_p1", "1.0~abc"),
        ("1.0 ", "1.0"),
    ],
)
def test_what_is_malformed_is_below_its_beginning(malformed: str, whole: str) -> None:
    """As apk has it: a version that ends is above one that goes on with nonsense."""
    assert apk_key(malformed) < apk_key(whole)


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        *(("1a_p1", "1a_p2"), ("1_p_rc1", "1_p"), ("1_p", "1_p_git"), ("1_p1_rc1", "1_p1")),
        *(("1a", "1a-r1"), ("1a-r1", "1a~0"), ("1_p~0", "1_p~1"), ("1_p1~0-r1", "1_p1~0-r2")),
        *(("1.5", "1.10"), ("1.05", "1.5"), ("1.05", "1.050"), ("01", "2"), ("x", "0"), ("", "0")),
    ],
)
def test_each_part_may_follow_what_apk_lets_it_follow(lower: str, higher: str) -> None:
    """Suffixes follow letters and suffixes, a hash them, and a revision all."""
    assert apk_key(lower) < apk_key(higher)


def test_a_number_of_any_length_has_a_place() -> None:
    """Python reads no more than 4,300 digits; a longer number is above all others."""
    assert apk_key(f"1.{'9' * 5000}") > apk_key("1.9999")


@given(st.text("0123456789.abrc_~-p", max_size=20))
def test_every_text_has_a_place(text: str) -> None:
    """An index may say anything of a version."""
    assert apk_key(text) == apk_key(text)
    assert not apk_key(text) < apk_key(text)


@pytest.mark.parametrize(
    ("version", "rock"),
    [
        ("1.13.1-r1", "1.13.1-0"),
        ("1.0_rc1-r0", "1.0rc1-0"),
        ("1.0_alpha-r3", "1.0alpha-0"),
        ("0.1_alpha_pre2-r0", "0.1alpha-0"),
        ("1.2_git20200101-r0", "1.2-0"),
        ("20200726_p51", "20200726-0"),
        ("1.0~abcdef-r1", "1.0-0"),
        ("1.2b-r0", "1.2b-0"),
    ],
)
def test_a_version_is_a_rocks(version: str, rock: str) -> None:
    """What is not released yet stays so; what came later claims no more than the release."""
    assert rock_version(FAMILY.upstream_version(version)).text == rock


@pytest.mark.parametrize(
    ("text", "relations"),
    [
        ("lua5.4-lpeg", [("lua5.4-lpeg", "")]),
        ("lua5.4-lpeg>=1.0.2-r1", [("lua5.4-lpeg", ">= 1.0.2")]),
        ("lua5.4-a=3.0-r2", [("lua5.4-a", "~> 3.0")]),
        ("lua5.4-a~3.0", [("lua5.4-a", "~> 3.0")]),
        ("lua5.4-a~=3.0", [("lua5.4-a", "~> 3.0")]),
        ("lua5.4-a<2", [("lua5.4-a", "< 2")]),
        ("lua5.4-a<=2", [("lua5.4-a", "<= 2")]),
        ("lua5.4-a>2", [("lua5.4-a", ">= 2")]),
        ("lua5.4-a@edge", [("lua5.4-a", "")]),
        ("lua5.4-a@edge>1", [("lua5.4-a", ">= 1")]),
        ("lua5.4-a><Q1AAAA", []),
        ("!lua5.4-a", []),
        ("so:libc.musl-x86_64.so.1", []),
        ("cmd:sh", []),
        ("/bin/sh", []),
        ("", []),
    ],
)
def test_a_word_of_depends_is_one_relation(text: str, relations: list[tuple[str, str]]) -> None:
    """Conflicts, libraries, commands and files say nothing of packages."""
    found = FAMILY.parse_relation(text)
    assert [(each.name, each.constraint) for each in found] == relations


@pytest.mark.parametrize(
    ("constraint", "need"),
    [
        (">= 1.0", "x>=1"),
        ("< 2", "x<2.0.0"),
        ("~> 1.2", "x>=1.2 x<1.3"),
        ("== 1.0rc1", "x>=1.0_rc1"),
    ],
)
def test_needs_are_said_by_their_bounds(constraint: str, need: str) -> None:
    """There is no "or": what lies between two spans is let in."""
    found = FAMILY.written_need("x", accepted(parse_constraints(constraint)))
    assert found.startswith(need)
    assert "~" not in found
    assert (FAMILY.written_need("x", ALL), FAMILY.written_need("x", NOTHING)) == ("x", "x<0")
