"""SPDX expressions are taken apart and joined, and texts become words with their lines."""

from __future__ import annotations

import pytest

from distrorocks.licensing import expression
from distrorocks.licensing.expression import Words, joined, licenses_in, spelled_expression
from tests.effort import little_time


@pytest.mark.parametrize(
    ("expression", "licenses"),
    [
        ("", ()),
        ("MIT", ("MIT",)),
        ("(MIT OR ISC) AND MIT", ("MIT", "ISC")),
        ("MIT WITH", ("MIT",)),
        ("GPL-2.0-only WITH a", ("GPL-2.0-only WITH a",)),
        ("MIT AND GPL-2.0-only WITH a AND ISC", ("MIT", "GPL-2.0-only WITH a", "ISC")),
        (
            "MIT OR A WITH b OR C WITH d AND E",
            ("MIT", "A WITH b", "C WITH d", "E"),
        ),
    ],
)
def test_an_expression_names_its_licences(expression: str, licenses: tuple[str, ...]) -> None:
    """Each once and in its order; an exception belongs to its licence."""
    assert licenses_in(expression) == licenses


@pytest.mark.parametrize(
    ("licenses", "operator", "expression"),
    [
        (("MIT",), "AND", "MIT"),
        (("MIT", "MIT"), "AND", "MIT"),
        (("MIT OR ISC",), "AND", "MIT OR ISC"),
        (("MIT OR ISC", "Zlib"), "AND", "(MIT OR ISC) AND Zlib"),
        (("MIT AND ISC", "Zlib"), "AND", "MIT AND ISC AND Zlib"),
        (("MIT AND ISC", "Zlib"), "OR", "(MIT AND ISC) OR Zlib"),
        (("MIT OR ISC", "Zlib"), "OR", "MIT OR ISC OR Zlib"),
    ],
)
def test_licences_are_joined_into_one_expression(
    licenses: tuple[str, ...], operator: str, expression: str
) -> None:
    """What has the other operator stands in brackets."""
    assert joined(licenses, operator) == expression


def test_names_are_spelled_as_spdx_spells_them() -> None:
    """What is no expression, or half of one, is none."""
    assert spelled_expression("mit or apache-2.0") == "MIT OR Apache-2.0"
    assert [spelled_expression(each) for each in ("", "mit or", "nothing-known", "( mit")] == [
        None
    ] * 4
    assert spelled_expression(" OR ".join(["MIT"] * 100)) is None


def test_words_know_their_lines() -> None:
    """Marks, entities and tags are no words; numbers keep their points."""
    words = Words("-- Version 2.0\n\n<b>any</b>&nbsp;later+ foo_bar &amp; x.\n")
    assert words.text == " version 2.0 any later+ foo_bar x "
    assert words.count() == 6
    phrases = ("version", "2.0 any", "any later+", "x", "none")
    assert [words.line_of(phrase) for phrase in phrases] == [1, 1, 3, 3, 0]
    assert Words("").line_at(5) == 1
    assert [Words("\na\nb").line_at(place) for place in (0, 1, 2, 3, 9)] == [2, 2, 2, 3, 3]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mit", "MIT"),
        ("mit or apache-2.0", "MIT OR Apache-2.0"),
        ("MIT and isc or Zlib", "MIT AND ISC OR Zlib"),
        ("mit or", None),
        ("mit apache-2.0", None),
        ("mit with isc", None),
        ("mit or nothing-known", None),
        ("nothing-known or mit", None),
        ("(mit)", None),
    ],
)
def test_without_the_library_plain_expressions_of_common_licences_are_spelled(
    text: str, expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """license-expression is optional; brackets and exceptions need it."""
    monkeypatch.setattr(expression, "_licensing", lambda: None)
    assert spelled_expression(text) == expected


def test_an_expression_has_at_most_five_hundred_characters() -> None:
    """A rockspec's field is untrusted input."""
    text = "MIT OR ISC" + " " * 490
    assert spelled_expression(text) == "MIT OR ISC"
    assert spelled_expression(f"{text} ") is None


def test_blanks_take_no_time() -> None:
    """The words of a text that is mostly blank are found in one pass."""
    with little_time(1):
        assert Words(f"a dnl{' ' * 100_000}b dnlc xdnl\ndnl d").text == " a b dnlc x d "
