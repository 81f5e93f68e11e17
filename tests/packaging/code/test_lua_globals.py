"""What a Lua file may define, and what it calls as soon as it is loaded."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.lua_globals import (
    called_global,
    defined_names,
    fields_of_root,
    global_names,
    loads_code,
    makes_environment,
    quoted_words,
)
from distrorocks.packaging.code.lua_tokens import tokens_of


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
        ("_G.x, y = 1", {"x", "y"}),
        ("_ENV.x = 1", {"x"}),
        ("f(_G) g('x')", {"x"}),
        ("load(y) g('x')", {"x"}),
        ("g('x')", set()),
        ("x, y.z = 1, 2", set()),
        ("x, y, z = 1", {"x", "y", "z"}),
        ("x[y], z = 1", {"z"}),
        ("function x.y() end", set()),
        ("function x:y() end", set()),
        ("f = function() end", {"f"}),
        ("require 'a'", {"a"}),
        ("require 'a/b.c'", {"a", "c"}),
        ("require(a)", set()),
        ("module 'a.b'", {"a", "_M", "_NAME", "_PACKAGE"}),
        ("module(...)", {"", "_M", "_NAME", "_PACKAGE"}),
        ("x == 1", set()),
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
        ("local x = _G.x", set()),
        ("local x = _ENV.x", set()),
        ("local x = _G.x.y", {"x"}),
        ("local x = _G.y", {"x"}),
        ("local x = y", {"x"}),
        ("local x = x or y", {"x"}),
        ("local x = x and y", {"x"}),
        ("local x = x:y()", {"x"}),
        ("local x = x[1]", {"x"}),
        ("local x = x(1)", {"x"}),
        ("local x = x{}", {"x"}),
        ("local x = x, y", {"x", "y"}),
        ('local x = x "y"', {"x"}),
        ("local x = x return x", set()),
        ("local x = x;", set()),
        ("function a.x() end", set()),
        ("function a:x() end", set()),
        ("function x() end", {"x"}),
        ("x = 1", {"x"}),
        ("local x <const> = 1", {"x"}),
        ("for x, y in z do end", {"x", "y"}),
        ("for x = 1, 2 do end", {"x"}),
        ("f(x)", {"x"}),
        ("f(x.y)", set()),
        ("f(x:y())", set()),
        ("f(x{})", set()),
        ("f(x[1])", set()),
        ("f(x())", set()),
        ("f(x 'a')", set()),
        ('f(x "a")', set()),
        ("x.y(1)", set()),
        ("module('a.b.c')", {"a", "_M", "_NAME", "_PACKAGE"}),
        ("require 'a.b.c'", {"a", "c"}),
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
        ('x "a"', "x"),
        ("y() x()", "x"),
        ("x() z()", "x"),
        ("print 'a'", ""),
        ("string 'a'", ""),
        ("function x() end", ""),
        ("function f() x() end", ""),
        ("goto x 'a'", ""),
        ("local z = w and x()", ""),
        ("local z = w or x()", ""),
        ("repeat x() until y", ""),
        ("repeat y() until y x()", "x"),
        ("while y do end x()", "x"),
        ("end x()", "x"),
        ("while y do do y() end end do x() end", "x"),
        ("x.y()", ""),
        ("x{}", ""),
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
        ("if x then module('a', define) end", True),
        ("load 'x'", True),
        ('load "x"', True),
        ("loadfile('x')", True),
        ("setfenv(1, x)", True),
        ("_ENV[x] = 1", True),
        ("_G.x = 1", False),
        ("_G 'x'", False),
        ("f(_G)", False),
        ("load[1] = x", True),
        ("x = load", False),
        ("local function f() dofile 'x' end", False),
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


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("module 'a.b' a.x()", ["x"]),
        ("module 'a.b' a.x 'y' a.z.w = 1", ["x", "z"]),
        ("module 'a.b' a.x:y()", ["x"]),
        ("module 'a.b' a.x = 1", []),
        ("module 'a.b' local y = z and a.x()", []),
        ("module 'a.b' if y then a.x() end", []),
        ("module 'a.b' local a = {} a.x()", []),
        ("module 'a.b' b.x()", []),
        ("module 'a.b' c.a.x()", []),
        ("module 'a.b' a:x()", []),
        ("a.x()", []),
    ],
)
def test_fields_of_a_root_that_a_module_uses(text: str, fields: list[str]) -> None:
    """Those that it calls or looks into when it is loaded, unless it makes the root itself."""
    assert list(fields_of_root("a.b", tokens_of(text))) == fields
    assert list(fields_of_root("a", tokens_of(text))) == []
