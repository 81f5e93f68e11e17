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


def test_each_text_of_a_description_has_its_own_place() -> None:
    """Whatever order they stand in, and whatever else is described."""
    described = """homepage='h', maintainer="m", summary = "s"; license=[[l]], detailed={"d"}"""
    found = plain_rockspec(f"{START}description = {{{described}}}".encode())
    assert found == PlainRockspec("foo", "1.0-1", None, "s", "l", "h")


@pytest.mark.parametrize(
    "more",
    [
        *(f"rockspec_format='{each}'" for each in ("1.0", "1.1", "3.0", "3.1")),
        *(f"dependencies={{'a {sign} 1.0-1_x'}}" for sign in ("<", ">", "<=", ">=", "==", "~>")),
        "dependencies={'a ~= 1', 'b>1,<2', -- c\n'c'; --[[d]]}",
        "build_dependencies={'a > 1'} test_dependencies={}",
        "source_x={} build={type='none', modules={['a.b']='c'}, copy_directories={'d'}}",
        "test={type='x'} hooks={} external_dependencies={A={header='a.h'}} x='y';",
        "-- a comment\n --[[ and\n another ]] x=true y=false z={{{{{'deep'}}}}}",
    ],
)
def test_a_usual_text_is_taken(more: str) -> None:
    """Formats, needs with constraints, tables of text, comments where they usually stand."""
    assert plain_rockspec(f"{START}{more}".encode()) is not None


@pytest.mark.parametrize(
    "more",
    [
        *("rockspec_format='2.0'", "rockspec_format='3.2'", "package={}", "version=true"),
        *("source={}", "description={} description={}", "dependencies={} dependencies={}"),
        *("build='x'", "hooks=true", "test='x'", "external_dependencies=false"),
        *("dependencies='a'", "dependencies={5}", "dependencies={x='a'}", "dependencies={'-a'}"),
        *("dependencies={'a = 1'}", "dependencies={'a 1'}", "build_dependencies={'a @ 1'}"),
        *("description={summary=5}", "description={license={}}", "description={homepage=true}"),
        *("build_dependencies='a'", "test_dependencies={{}}", "x={{{{{{{'too deep'}}}}}}}"),
        *("x=5", "x=nil", "and='a'", "_ENV={}", "x='a' .. 'b'", "x.y='a'", "x='\\65'"),
        *("--[==[ c ]==]", "x={['a\\n']='b'}", "local x='a'"),
    ],
)
def test_an_unusual_text_is_declined(more: str) -> None:
    """Wrong types of what LuaRocks checks, other formats, what stands twice, computed values."""
    assert plain_rockspec(f"{START}{more}".encode()) is None


def test_a_source_needs_its_address() -> None:
    """A text named ``url`` of its own, not of a table in it."""
    begun = 'package="foo" version="1.0-1" '
    for source in ("{}", "{file='x'}", "{x={url='y'}}", "{url={}}", "{url='x', file=5}"):
        assert plain_rockspec(f"{begun}source={source}".encode()) is None
    assert plain_rockspec(f"{begun}source={{dir='y', file='z', url='x'}}".encode())


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
