"""Versions are read and compared as LuaRocks does."""

from __future__ import annotations

import pytest

from distrorocks.rocks.version import Version

PARSED: list[tuple[str, tuple[float, ...], int | None]] = [
    ("1.0-1", (1, 0), 1),
    ("1.0beta2-1", (1, 0, -99999.99998), 1),
    ("1.0.beta.2", (1, 0, -99999.99998), None),
    ("1.0-beta-1", (1, 0, -100000), 1),
    ("1.0rc.1.2", (1, 0, -999.99999, 2), None),
    ("1.0a", (1, 0, 0.097), None),
    ("1.0b1", (1, 0, 0.09801), None),
    ("1.0Beta1", (1, 0, 0.06601), None),
    ("v1.0-1", (0.118 + 1 / 100000, 0), 1),
    ("git-1", (0.103,), 1),
    ("scm.1-1", (110000000.00001,), 1),
    ("1.0.0-1-1", (1, 0, 0, 1), 1),
    ("1..2", (1, 2), None),
    ("1.-_2", (1, 2), None),
    ("1e3", (1, 0.101 + 3 / 100000), None),
    ("1.0 ", (1, 0, 0), None),
    ("  1.0", (1, 0), None),
    ("", (), None),
    ("-1", (), 1),
    ("alphabeta", (0.097,), None),
    ("alpha-beta", (-100000,), None),
    ("9999999999999999999-1", (1e19,), 1),
    ("9223372036854775807", (9223372036854775807,), None),
]


@pytest.mark.parametrize(("text", "parts", "revision"), PARSED)
def test_a_version_has_luarocks_slots(
    text: str, parts: tuple[float, ...], revision: int | None
) -> None:
    """Numbers fill slots, words replace them, and digits after the last dash are the revision."""
    version = Version.parse(text)
    assert version.parts == parts
    assert list(map(type, version.parts)) == list(map(type, parts))
    assert version.revision == revision


@pytest.mark.parametrize(
    ("text", "rest"), [("1.0+git", "+git"), ("1.0~rc1-1", "~rc1"), ("1.0", "")]
)
def test_what_luarocks_cannot_read_is_kept_apart(text: str, rest: str) -> None:
    """A sign that is neither digit, letter nor separator ends the reading with a slot of 0."""
    version = Version.parse(text)
    assert version.unread == rest
    assert version.parts == ((1, 0, 0) if rest else (1, 0))


def test_only_leading_blanks_leave_the_text() -> None:
    """The text is the one that manifests write: without leading blanks, else as it was."""
    assert Version.parse(" \t1.0-1").string == "1.0-1"
    assert Version.parse("1.0 ").string == "1.0 "


def test_numbers_without_end_are_still_numbers() -> None:
    """Thousands of digits neither fail nor take long, in a slot or in a revision."""
    digits = "9" * 6000
    assert Version.parse(digits).parts == (float("inf"),)
    revision = Version.parse(f"1-{digits}").revision
    assert revision is not None
    assert revision > 10**300


ASCENDING = [
    "1.0alpha1-1",
    "1.0beta1-1",
    "1.0beta2-1",
    "1.0pre1-1",
    "1.0rc1-1",
    "1.0-1",
    "1.0-2",
    "1.0a-1",
    "1.0.1-1",
    "1.1-1",
    "1.10-1",
    "cvs-1",
    "scm-1",
    "scm-2",
    "dev-1",
]


@pytest.mark.parametrize(("index", "text"), list(enumerate(ASCENDING)))
def test_families_of_versions_stand_in_order(index: int, text: str) -> None:
    """Pre-releases precede the release, which precedes letters, later numbers, then branches."""
    here = Version.parse(text)
    assert not here.precedes(here)
    for later in map(Version.parse, ASCENDING[index + 1 :]):
        assert here.precedes(later)
        assert not later.precedes(here)
        assert here < later


def test_a_missing_slot_is_zero_for_order_but_not_for_equality() -> None:
    """1.0 and 1.0.0 are neither equal nor before one another."""
    short, long = Version.parse("1.0"), Version.parse("1.0.0")
    assert not short.precedes(long)
    assert not long.precedes(short)
    assert not short.equals(long)


def test_a_missing_revision_stands_for_all() -> None:
    """1.0 equals each of its revisions, though these stand in order."""
    plain, first, second = map(Version.parse, ("1.0", "1.0-1", "1.0-2"))
    assert plain.equals(first)
    assert plain.equals(second)
    assert not plain.precedes(second)
    assert not first.equals(second)
    assert first.precedes(second)


def test_a_shorter_version_sorts_by_what_follows_in_the_longer() -> None:
    """A word in the longer version is below the end of the shorter, a number above it."""
    texts = ["1.0rc1", "1.0.0rc1", "1", "1.0", "1.0.0.1", "1.1"]
    assert list(map(str, sorted(map(Version.parse, reversed(texts))))) == texts


def test_versions_are_the_same_value_when_their_texts_are() -> None:
    """Python's equality is that of the text, so that versions can be keys."""
    assert Version.parse("1.0") == Version.parse(" 1.0")
    assert Version.parse("1.0") != Version.parse("1.0-1")
    assert len({Version.parse("1.0"), Version.parse(" 1.0")}) == 1
    assert str(Version.parse("1.0-1")) == "1.0-1"
