"""The document to read first, by LuaRocks' rule."""

from __future__ import annotations

import pytest

from distrorocks.health.documents import first_document, is_html


@pytest.mark.parametrize(
    ("files", "first"),
    [
        ("", ""),
        ("guide.html", ""),
        ("readme.html index.html", "index.html"),
        ("index.md README.HTML", "README.HTML"),
        ("index.txt manual.md", "manual.md"),
        ("index.textile readme.txt", "readme.txt"),
        ("a/index.html b/index.htm", "b/index.htm"),
        ("INDEX manual.rst", "INDEX"),
        ("manual.rst", "manual.rst"),
        ("the-manual.html", "the-manual.html"),
        ("index.html.orig", "index.html.orig"),
    ],
)
def test_one_document_comes_first(files: str, first: str) -> None:
    """By its ending, then by its name, then the shortest path."""
    assert first_document(files.split()) == first


def test_html_is_for_browsers() -> None:
    """Text can be read without one."""
    assert is_html("a/B.HTM")
    assert not is_html("html.txt")
