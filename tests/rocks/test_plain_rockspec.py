"""A rockspec of the usual form is read by one expression, any other is declined.

``tests/serve/folder/test_facts.py`` compares what is read with the general readers.
"""

from __future__ import annotations

import pytest

from distrorocks.rocks.plain_rockspec import PlainRockspec, plain_rockspec

START = 'package="foo" version="1.0-1" source={url="x"} '


def test_what_it_shows_is_held() -> None:
    """Texts as they stand, the first need of Lua behind its name, and "" for what is not there."""
    more = 'dependencies={"a", "lua >= 5.1", "lua < 5.3"} description={license=[[\nMIT]], x="y"}'
    expected = PlainRockspec("foo", "1.0-1", " >= 5.1", "", "MIT", "")
    assert plain_rockspec(f"{START}{more}".encode()) == expected
    assert plain_rockspec(START.encode()) == PlainRockspec("foo", "1.0-1", None, "", "", "")


@pytest.mark.parametrize("text", ["", 'package="foo"', f"{START} local x", f"{START} x = y", "\0"])
def test_any_other_text_is_declined(text: str) -> None:
    """What it does not assign, or computes, is for the general readers."""
    assert plain_rockspec(text.encode()) is None


@pytest.mark.parametrize(
    "awkward",
    ["--a  \n  ", " ", '; b = "x"', "a={", '"x" , ', 'a={"x", -- c\n', "-- c\n ", '"a >= 1  < 2,"'],
)
def test_an_awkward_text_is_declined_in_linear_time(awkward: str) -> None:
    """A hundred thousand repetitions end: the expression does not try all ways to split them."""
    start = 'package="foo" version="1.0-1" source={url="x"} dependencies={'
    for text in (start + awkward * 100_000, start + "} a={" + awkward * 100_000):
        assert plain_rockspec(f"{text}!".encode()) is None
