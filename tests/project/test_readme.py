"""The first paragraph of prose in a README describes a rock."""

from __future__ import annotations

import pytest

from distrorocks.project.readme import described

LONG = "One sentence that is here. " + "And so it goes on. " * 5


@pytest.mark.parametrize(
    ("text", "summary", "detailed"),
    [
        ("", "", ""),
        ("# Title\n", "", ""),
        ("# T\n\nIt is\nshort.\n\nMore.\n", "It is short.", "It is\nshort."),
        ("\ufeffT\n===\n\n[![x](y)](z)\n\nIt is.\n", "It is.", "It is."),
        ("T\n===\nIt is.\n", "It is.", "It is."),
        ("# T\r\n\r\nIt is.\r\n", "It is.", "It is."),
        ("<p>x</p>\n\n- a\n- b\n\n* c\n\n> q\n\n|t|\n\n.. x::\n\nIt is.", "It is.", "It is."),
        ("![i](j)\n\n```\ncode\n```\n\nSee [it](u) and [this][t].", *["See it and this."] * 2),
        (f"T\n---\n\n{LONG}\n", "One sentence that is here.", LONG.strip()),
        ("T\n===\n\n  - a\n\n   # b\n\nIt is.\n", "It is.", "It is."),
        ("x" * 79, "x" * 79, "x" * 79),
        ("x" * 80, "", "x" * 80),
        ("Why 1.0 is " + "so " * 30 + "good? Yes.", "Why 1.0 is " + "so " * 30 + "good?", None),
        ("y" * 3000, "", "y" * 2000),
    ],
)
def test_prose_is_found(text: str, summary: str, detailed: str | None) -> None:
    """Titles, badges, lists, tables and code are passed over."""
    found = described(text)
    assert found[0] == summary
    assert detailed is None or found[1] == detailed
