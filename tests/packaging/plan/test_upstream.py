"""Where sources come from, in words that recipes can hold."""

from __future__ import annotations

import pytest

from distrorocks.packaging.plan.upstream import Upstream, upstream_of, web_address

ADDRESS = "https://example.org/foo-1.0.tar.gz"


def places(top: str = "", **source: str) -> Upstream:
    """Return the places of a rock foo 1.0."""
    return upstream_of({"url": ADDRESS, **source}, "", stem="lua-foo", version="1.0", top=top)


def test_an_archive_keeps_its_names() -> None:
    """The file and the folder are upstream's own."""
    assert places(file="x.tgz", dir="foo-1.0/src")[:3] == (ADDRESS, "x.tgz", "foo-1.0")
    assert places("foo-1")[:3] == (ADDRESS, "foo-1.0.tar.gz", "foo-1")


@pytest.mark.parametrize("name", ["$(id)", "`id`", "'; id; '", "a b", "%(id)", "../x", "-n x"])
def test_names_with_special_characters_are_skipped(name: str) -> None:
    """Shell syntax, macros and paths out of the sources reach no recipe; the directory is a gap."""
    assert places(file=name).file == "foo-1.0.tar.gz"
    found = places(dir=name)
    assert (found.top, name in found.gap) == ("", True)
    assert places(name).top == ""


def test_an_address_with_shell_syntax_is_a_gap() -> None:
    """An archive at such an address is not used."""
    found = places(url="https://example.org/$(id)/foo-1.0.tar.gz")
    assert found.archive == ""
    assert found.gap


def test_pages_of_forges_are_reached_safely() -> None:
    """Where a host that serves all its pages by https is named with http."""
    assert web_address("http://github.com/a/b") == "https://github.com/a/b"
    assert web_address("http://a.github.io/b") == "https://a.github.io/b"
    assert web_address("http://example.org/b") == "http://example.org/b"
