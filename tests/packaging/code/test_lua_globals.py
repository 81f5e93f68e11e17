"""What a Lua file may define, and what it calls as soon as it is loaded."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.lua_globals import (
    called_global,
    defined_names,
    global_names,
    loads_code,
    makes_environment,
    quoted_words,
    required_at,
    tokens_of,
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x = 1", {"x"}),
        ("function x() end", {"x"}),
        ("local x = 1", set()),
        ("local function x() end", set()),
        ("x = 1 local x = 2", set()),
        ("x, y = 1, 2", {"x", "y"}),
        ("f(x, y)", set()),
        ("a.x = 1", set()),
        ("require 'a.b'", {"a", "b"}),
        ("module('a.b')", {"a", "_M", "_NAME", "_PACKAGE"}),
        ("_G['x'] = 1", {"x"}),
        ("_G.x = 1", {"x"}),
        ("local y = _G.x.z", set()),
    ],
)
def test_globals_that_a_file_may_define(text: str, names: set[str]) -> None:
    """Assigned names, functions, and what required modules are called; locals are none."""
    assert global_names(tokens_of(text)) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("local x", {"x"}),
        ("for x in y do end", {"x"}),
        ("local x = x", set()),
        ("local x = x.y", {"x"}),
        ("local x = x 'y'", {"x"}),
        ("x = x", {"x"}),
        ("local y, x", {"y", "x"}),
        ("function f(x, y) end", {"f", "x", "y"}),
        ("return { f, x 'a', (x[1]), x.y }", {"f"}),
    ],
)
def test_names_that_a_file_may_define(text: str, names: set[str]) -> None:
    """Locals are among them, but not one that only stands for the global of its name."""
    assert defined_names(tokens_of(text)) == names


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("x 'a'", "x"),
        ("x('a')", "x"),
        ("y('a') x 'b'", "x"),
        ("function x(a) end", ""),
        ("do x 'a' end", "x"),
        ("while y do x 'a' end", ""),
        ("for y in z do do x 'a' end end", ""),
        ("if y then do x 'a' end end", ""),
        ("for y in z do y() end do x 'a' end", "x"),
        ("a.x 'a' b:x 'a'", ""),
        ("x = 1", ""),
    ],
)
def test_a_call_outside_of_any_block_is_found(text: str, called: str) -> None:
    """Functions of tables and those that are there do not count."""
    assert called_global(tokens_of(text), {"y"}) == called


@pytest.mark.parametrize(
    ("text", "is_loading"),
    [
        ("dofile 'x'", True),
        ("loadstring(x)()", True),
        ("_G[x] = 1", True),
        ("module('a', define)", True),
        ("module('a', package.seeall)", False),
        ("module(..., package.seeall)", False),
        ("module(...)", False),
        ("local setfenv, loadfile = setfenv, loadfile", False),
        ("local f = function() return loadfile(x) end", False),
    ],
)
def test_code_that_a_file_loads_may_define_anything(text: str, is_loading: bool) -> None:
    """Only what runs at once counts, and no mere name of a function."""
    assert loads_code(tokens_of(text)) is is_loading


@pytest.mark.parametrize(
    ("text", "is_making"),
    [
        ("module('a', define)", True),
        ("module('a', require 'b')", True),
        ("module('a', package.seeall)", False),
        ("module('a')", False),
        ("modules('a', define)", False),
    ],
)
def test_a_function_given_to_module_makes_its_environment(text: str, is_making: bool) -> None:
    """All but package.seeall, which shows the globals that are there."""
    assert makes_environment(tokens_of(text), 0) is is_making


def test_the_texts_of_a_file_may_be_names_of_modules() -> None:
    """All words count in what is not Lua, or too long to be read as a whole."""
    assert quoted_words("f('a.b', 'c/d', 'e f') -- 'g'\nlocal h = ''") == {"a.b", "c.d"}
    assert quoted_words("require a.b '") == {"require", "a.b"}
    assert "zz" in quoted_words("x = 1\n" * (1 << 14) + "f 'zz'")


def test_what_is_not_lua_has_no_tokens() -> None:
    """So nothing is told of it."""
    assert tokens_of("'") == []


def test_a_required_module_is_named_by_dots() -> None:
    """Lua finds a/b and a.b.init where a.b is; a name that is computed is none."""
    assert required_at(tokens_of("require 'a/b'"), 0) == "a.b"
    assert required_at(tokens_of("require('a.b.init')"), 0) == "a.b"
    assert required_at(tokens_of("require('a' .. b)"), 0) == ""
