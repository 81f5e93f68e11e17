"""A rock's words about itself."""

from __future__ import annotations

import pytest

from distrorocks.packaging.plan.prose import few, listed, paragraphs, synopsis
from tests.effort import little_time


@pytest.mark.parametrize(
    ("summary", "short"),
    [
        ("A library of foo.", "Library of foo"),
        ("foo: the bar", "Bar"),
        ("foo is a bar", "Bar"),
        ("Provides access to bar", "Access to bar"),
        ("foo provides support for the bar", "Foo provides support for the bar"),
        ("Provides support for a bar.", "Support for a bar"),
        ("Provides", "Provides"),
        ("TODO", ""),
        ("A the foo", "The foo"),
        ("the foo", "Foo"),
        ("An  a", "A"),
        ("a", "A"),
        ("afoo", "Afoo"),
        ("lua-foo - bar", "Bar"),
        ("FOO, bar", "Bar"),
        ("foo bar", "Foo bar"),
        ("foo: an bar", "Bar"),
        ("foobar is it", "Foobar is it"),
        ("bar: foo", "Bar: foo"),
        ("foo", "Foo"),
        ("foo -bar", "Foo -bar"),
        ("lua-foo: foo: bar", "Bar"),
        (" .", ""),
        ("\n", ""),
    ],
)
def test_a_summary_is_a_phrase(summary: str, short: str) -> None:
    """A summary has no article, name and full stop; a placeholder is no summary."""
    assert synopsis(summary, package="lua-foo", rock="foo") == short


@pytest.mark.parametrize(
    ("summary", "short"),
    [
        ("word " * 15, ("word " * 15).strip()),
        ("word " * 16, ("word " * 15).strip()),
        ("word " * 14 + "wor, more", "word " * 14 + "wor"),
        ("word " * 14 + "- any more of it", "word " * 14 + "- any"),
        ("word " * 14 + "b - longer", "word " * 14 + "b"),
        ("word " * 14 + "b, longer", "word " * 14 + "b"),
        ("word " * 14 + "and more", ("word " * 14).strip()),
        ("word " * 12 + "that is the longer one", ("word " * 12).strip()),
        ("word " * 5 + "word. " + "more " * 20, ("word " * 6).strip()),
        ("x" * 75, "x" * 75),
        ("x" * 76, "x" * 75),
    ],
)
def test_a_long_summary_ends_with_a_word(summary: str, short: str) -> None:
    """At most 75 characters, without the sign before what is left out."""
    assert synopsis(summary, package="lua-foo", rock="foo") == short[:1].upper() + short[1:]


def test_lists_stay_lists() -> None:
    """Items begin lines of their own and are set in, which control files keep as they are."""
    said = paragraphs("It has\n   - one thing\n   - " + "more " * 20 + "\n\n1. first\n2) second")
    assert said[:2] == ("It has", " - one thing")
    assert said[2].startswith(" - more")
    assert said[3].startswith("   more")
    assert said[-3:] == ("", " 1. first", " 2) second")


@pytest.mark.parametrize("length", [20, 75, 76, 77, 90])
def test_an_item_keeps_its_first_word(length: int) -> None:
    """An address as long as a line stands behind the sign, unless the line were too long."""
    address = "https://example.org/".ljust(length, "x")
    said = paragraphs(f"See:\n * {address}\n * more")
    assert said == (
        ("See:", f" * {address}", " * more")
        if length <= 76
        else ("See:", " *", f"   {address}", " * more")
    )


def test_paragraphs_are_wrapped() -> None:
    """Lines of a paragraph are joined; a dash or a number inside it begins no list."""
    assert paragraphs("a -\nb 1. c\n-d\n1.5 e") == ("a - b 1. c -d 1.5 e",)


def test_a_description_has_at_most_twenty_lines() -> None:
    """The rest is left out; empty lines count."""
    assert len(paragraphs("\n\n".join(["word"] * 10))) == 19
    assert len(paragraphs("\n".join(f"- item {number}" for number in range(20)))) == 20
    found = paragraphs("\n".join(f"- item {number}" for number in range(21)))
    assert len(found) == 20
    assert found[-1].endswith("item 19")


def test_addresses_are_not_broken() -> None:
    """A line is never broken at a hyphen, so that addresses stay whole."""
    address = "https://example.org/" + "a-b" * 20
    assert address in paragraphs(f"{'word ' * 12}{address}")


def test_no_line_begins_with_a_dot() -> None:
    """Where a control field would take a dot for a mark, the word before comes along."""
    text = "This module dumps arbitrarily complex data structures as GraphViz .dot-files to see"
    assert paragraphs(text, width=66) == (
        "This module dumps arbitrarily complex data structures as",
        "GraphViz .dot-files to see",
    )


@pytest.mark.parametrize("text", ['"' * 400_000 + "x", "please " + "!" * 400_000 + "\nx"])
def test_a_text_of_signs_takes_no_time(text: str) -> None:
    """A rockspec may hold a megabyte of them: what each character takes does not grow."""
    with little_time(2):
        paragraphs(text)
        synopsis(text, package="lua-foo", rock="foo")


@pytest.mark.parametrize(
    "text",
    [
        "TODO",
        "xxx",
        "TBD.",
        "FixMe",
        "Summary",
        "None",
        "-- none --",
        "(Please write me)",
        "please x\n ...",
        "XXX!",
    ],
)
def test_a_placeholder_says_nothing(text: str) -> None:
    """A word alone, or a request, whatever signs stand around it."""
    assert paragraphs(text) == ()
    assert paragraphs(f"{text}\nmore") != ()


@pytest.mark.parametrize(
    "summary", ["(" * 18 + "\n" + ")" * 50 + "2147483", "(\x1b[2JDepends:" + "x" * 90]
)
def test_a_synopsis_is_one_line_that_prints(summary: str) -> None:
    """Of a summary with no word that fits, too: another field could begin in a control file."""
    said = synopsis(summary, package="lua-foo", rock="foo")
    assert said.isprintable()
    assert 0 < len(said) <= 75


@pytest.mark.parametrize(
    ("count", "most", "shown"),
    [
        (1, 3, "w0"),
        (2, 3, "w0 and w1"),
        (3, 3, "w0, w1 and w2"),
        (4, 3, "w0, w1, w2 and 1 more"),
        (5, 3, "w0, w1, w2 and 2 more"),
        (2, 1, "w0 and 1 more"),
    ],
)
def test_words_are_listed_up_to_a_number(count: int, most: int, shown: str) -> None:
    """How many more there are is said only where some are left out."""
    assert listed(tuple(f"w{number}" for number in range(count)), most) == shown


def test_a_list_has_twelve_words_at_most() -> None:
    """Where nobody says another number."""
    assert listed(tuple("abcdefghijkl")) == "a, b, c, d, e, f, g, h, i, j, k and l"
    assert listed(tuple("abcdefghijklm")) == "a, b, c, d, e, f, g, h, i, j, k, l and 1 more"


def test_few_names_are_four_or_three_and_a_number() -> None:
    """A fifth name would take as much room as to say that there are two more."""
    assert few(()) == ()
    assert few(tuple("abcd")) == ("a", "b", "c", "d")
    assert few(tuple("abcde")) == ("a", "b", "c", "2 more")
