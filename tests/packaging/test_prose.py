"""A rock's words about itself."""

from __future__ import annotations

import pytest

from distrorocks.packaging.prose import paragraphs, synopsis


@pytest.mark.parametrize(
    ("summary", "short"),
    [
        ("A library of foo.", "Library of foo"),
        ("foo: the bar", "Bar"),
        ("foo is a bar", "Bar"),
        ("TODO", ""),
        (" .", ""),
        ("\n", ""),
    ],
)
def test_a_summary_is_a_phrase(summary: str, short: str) -> None:
    """Without article, name and full stop; what says nothing is none."""
    assert synopsis(summary, package="lua-foo", rock="foo") == short


def test_lists_stay_lists() -> None:
    """Items begin lines of their own and are set in, which control files keep as they are."""
    said = paragraphs("It has\n   - one thing\n   - " + "more " * 20 + "\n\n1. first\n2) second")
    assert said[:2] == ("It has", " - one thing")
    assert said[2].startswith(" - more")
    assert said[3].startswith("   more")
    assert said[-3:] == ("", " 1. first", " 2) second")


def test_text_flows_together() -> None:
    """Lines of a paragraph are joined; a dash or a number within them begins nothing."""
    assert paragraphs("a -\nb 1. c\n-d\n1.5 e") == ("a - b 1. c -d 1.5 e",)


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
