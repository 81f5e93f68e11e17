"""A rock's words in a package."""

from __future__ import annotations

from distrorocks.packaging.prose import paragraphs


def test_no_line_begins_with_a_dot() -> None:
    """Where a control field would take a dot for a mark, the word before comes along."""
    text = "This module dumps arbitrarily complex data structures as GraphViz .dot-files to see"
    assert paragraphs(text, width=66) == (
        "This module dumps arbitrarily complex data structures as",
        "GraphViz .dot-files to see",
    )
