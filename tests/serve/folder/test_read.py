"""What is kept of a rockspec for manifests and page."""

from __future__ import annotations

import pytest

from distrorocks.lua.read import parse
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.serve.folder.read import LONGEST_TEXT, facts_of
from distrorocks.serve.folder.served import ALL_LUAS


def rockspec(more: str) -> Rockspec:
    """Return a rockspec as a server's folder loads it."""
    text = f'package="a" version="1-1" source={{url="x"}} {more}'
    return Rockspec.from_chunk(parse(text.encode()), quick=True)


@pytest.mark.parametrize(
    ("needs", "luas"),
    [
        ("", ALL_LUAS),
        ('"lua >= 5.3"', ("5.3", "5.4", "5.5")),
        ('"lua >= 5.1, < 5.3", "lua >= 5.4"', ("5.1", "5.2")),
        ('"lua-x >= 9", "lua == 5.4"', ("5.4",)),
        ('"lua > 6"', ()),
    ],
)
def test_the_first_dependency_on_lua_decides(needs: str, luas: tuple[str, ...]) -> None:
    """As in LuaRocks, a second one does not count."""
    assert facts_of(rockspec(f"dependencies={{{needs}}}")).luas == luas


def test_descriptions_are_shown_on_one_short_line() -> None:
    """Line breaks become spaces, long texts end in dots, and what cannot be shown is replaced."""
    long = "x" * (LONGEST_TEXT + 1)
    facts = facts_of(rockspec(f'description={{summary=" a\\n  b\\0", license="{long}"}}'))
    assert facts.summary == "a b\ufffd"
    assert facts.license == f"{long[:-1]}..."
    assert facts.homepage == ""


@pytest.mark.parametrize("described", ["5", "{summary=5}", "{summary={}}", "true"])
def test_descriptions_of_other_types_are_none(described: str) -> None:
    """LuaRocks does not check them when it makes a manifest."""
    assert facts_of(rockspec(f"description={described}"))[1:] == ("", "", "")
