"""Debian's versions are sorted as dpkg sorts them, and its relations are read as it reads them."""

from __future__ import annotations

import pytest

from distrorocks.families.deb import versions as deb
from distrorocks.families.deb.family import triplet
from distrorocks.families.versions import Relation, deb_key
from tests.effort import little_time

ORDERED = (
    "0~~",
    "0",
    "1~rc1",
    "1",
    "1-1",
    "1+dfsg",
    "1.0~~",
    "1.0~rc2",
    "1.0~rc10",
    "1.0",
    "1.0-1",
    "1.0-1+b1",
    "1.0a",
    "1.0.1",
    "1.10",
    "1:0.1",
)


def test_the_order_is_the_one_of_deb_version() -> None:
    """A tilde comes before the end, letters before other characters, numbers by value."""
    mixed = [*ORDERED[1::2], *ORDERED[::2]]
    assert sorted(mixed, key=deb_key) == list(ORDERED)


def test_no_revision_is_revision_zero() -> None:
    """Leading zeros do not count, and 1.0 is 1.0-0."""
    assert deb_key("1.0") == deb_key("1.0-0") == deb_key("0:1.00-")


@pytest.mark.parametrize(
    ("text", "relations"),
    [
        ("lua-socket", [("lua-socket", "")]),
        ("lua-socket (>= 2.0~rc1-1)", [("lua-socket", ">= 2.0rc1")]),
        ("lua-a (>= 2.0-3) | lua-b:any (<< 3.1)", [("lua-a", ">= 2.0"), ("lua-b", "< 3.1")]),
        ("lua-a (= 2.0-3)", [("lua-a", "~> 2.0")]),
        ("lua-a (<< 2.1-3)", [("lua-a", "<= 2.1")]),
        ("lua-a (<< 2.1~)", [("lua-a", "< 2.1")]),
        ("lua-a (<< 2.0)", [("lua-a", "<= 2.0")]),
        ("lua-a (>> 2.1)", [("lua-a", ">= 2.1")]),
        ("lua-a (>= 1.0+dfsg)", [("lua-a", ">= 1.0")]),
        ("lua-a (< 2.1)", [("lua-a", "<= 2.1")]),
        ("lua-a (> 2.1)", [("lua-a", ">= 2.1")]),
        ("lua-a (<= 2.1)", [("lua-a", "<= 2.1")]),
        ("lua-a (<= 1.0+really0.9)", [("lua-a", "")]),
        ("lua-a [amd64] <!nocheck>", [("lua-a", "")]),
        ("  lua-a(>=1:1.2)  ", [("lua-a", ">= 1.2")]),
    ],
)
def test_a_relation_gives_names_and_rock_constraints(
    text: str, relations: list[tuple[str, str]]
) -> None:
    """Revisions and epochs go; what they leave uncertain becomes weaker, never false."""
    parsed = deb.parse_relation(text)
    assert [(relation.name, relation.constraint) for relation in parsed] == relations


@pytest.mark.parametrize("text", ["", "Lua-A", "lua-a (>= )", "lua-a (~ 1)", "lua-a |", "a b"])
def test_a_malformed_relation_says_nothing(text: str) -> None:
    """No error, no half of it."""
    assert deb.parse_relation(text) == ()


def test_a_relation_without_constraint_has_none() -> None:
    """The constraint's text is empty, as in a dependency on any version."""
    assert Relation("lua-a").constraint == ""


def test_architectures_have_their_multiarch_directories() -> None:
    """The triplet is not always made of the architecture's name."""
    assert triplet("amd64") == "x86_64-linux-gnu"
    assert triplet("i386") == "i386-linux-gnu"
    assert triplet("ppc64el") == "powerpc64le-linux-gnu"
    assert triplet("nonsense") == ""


def test_blanks_in_a_relation_take_no_time() -> None:
    """They may stand anywhere: what each one takes does not grow with their number."""
    with little_time(0.3):
        blanks = " " * 40_000
        found = deb.parse_relation(f"a{blanks}(>= 1){blanks}")
        assert found == deb.parse_relation("a (>= 1)")
        assert deb.parse_relation("a" + " " * 40_000 + "!") == ()
