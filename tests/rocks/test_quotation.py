"""A stranger's words stay on their line."""

from __future__ import annotations

import pytest

from distrorocks.rocks.constraint import ConstraintError, parse_constraints
from distrorocks.rocks.quotation import columns, cut, marked, padded, plain, quoted, some, some_of


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("plain é", "plain é"),
        ("a\nb", "a\\nb"),
        ("\x1b[2J", "\\x1b[2J"),
        ("\udcff", "\\udcff"),
        ("x" * 500, "x" * 120 + "..."),
        (5, "5"),
    ],
)
def test_words_are_printable_and_short(words: object, shown: str) -> None:
    """What could start a new line or steer a terminal is an escape."""
    assert plain(words) == shown
    assert quoted(words) == f"'{shown}'"


def test_a_mark_stands_only_under_a_line_that_fits() -> None:
    """Elsewhere it would point at nothing."""
    assert marked("a => b", 2) == "    a => b\n      ^"
    assert marked("a\n=> b", 2) == ""
    assert marked("x" * 500, 2) == ""


def test_an_error_stays_short_whatever_it_is_about() -> None:
    """A megabyte of operators is not repeated."""
    with pytest.raises(ConstraintError) as caught:
        parse_constraints(">= 1, " + "=" * 1_000_000)
    assert len(str(caught.value)) < 500


def test_only_what_is_not_printable_is_escaped() -> None:
    """Letters of other scripts beside it stay."""
    assert plain("é\té") == "é\\té"


def test_of_many_names_some_are_told_and_how_many_more() -> None:
    """The noun has an s unless there is one; as many as are allowed are told without a rest."""
    assert some(["a", "b", "c"], 2) == "a, b and 1 more"
    assert some(["a", "b"], 2, "; ") == "a; b"
    assert some_of("module", ["a"], 3) == "module a"
    assert some_of("module", ["a", "b", "c", "d"], 3) == "modules a, b, c and 1 more"


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("lpeg", 4),
        ("日本語", 6),
        ("한글", 4),
        ("é", 1),
        ("e\u0301", 1),
        ("Ｗ", 2),
        ("ﾊ", 1),
        ("", 0),
    ],
)
def test_wide_characters_take_two_columns_and_combining_ones_none(text: str, width: int) -> None:
    """A terminal shows a text in as many columns as are counted for it."""
    assert columns(text) == width
    assert columns(padded(text, 8)) == 8


@pytest.mark.parametrize(
    "text",
    ["lua-cjson 2.1.0", "日本語パッケージ", "a日本語", "e\u0301e\u0301e\u0301e\u0301e\u0301"],
)
@pytest.mark.parametrize("width", range(3, 20))
def test_a_cut_text_fits(text: str, width: int) -> None:
    """It is the whole text, or its beginning with dots, in no more columns than there are."""
    shown = cut(text, width)
    assert columns(shown) <= width
    assert shown == text or (text.startswith(shown[:-3]) and shown.endswith("..."))
    assert (shown == text) == (columns(text) <= width)
