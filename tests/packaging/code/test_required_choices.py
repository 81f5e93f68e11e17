"""Of which modules a file needs one or another is told from its code."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.lua_tokens import asks_version, tokens_of
from distrorocks.packaging.code.module_loading import load_needs
from distrorocks.packaging.code.required_choices import choices_of

PREQUIRE = "local function prequire(n) local ok, m = pcall(require, n) return ok and m end\n"
TRIED = "local ok, a = pcall(require, 'a')\n"


def chosen(text: str) -> list[list[str]]:
    """Return the choices of a text, each alternative as the names of its modules."""
    return [[" ".join(sorted(it)) for it in each] for each in choices_of(tokens_of(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (TRIED + "if not ok then a = require 'b' end", [["b", "a"]]),
        (TRIED + "if not ok then a = require('b') end", [["b", "a"]]),
        (TRIED + "if (not ok) then a = require 'b' end", [["b", "a"]]),
        (TRIED + "if ok then a.b() else a = require 'b' require 'c' end", [["a", "b c"]]),
        ("if pcall(require, 'a') then f() else require 'b' end", [["a", "b"]]),
        ("if not pcall(require, 'a') then require 'b' end", [["b", "a"]]),
        ("local ok = pcall(function() return require 'a' end) if not ok then error'' end", [["a"]]),
        (
            "local ok = pcall(function() return require('a') end) if not ok then error'' end",
            [["a"]],
        ),
        (PREQUIRE + "local a = prequire 'a'\nif not a then a = require 'b' end", [["b", "a"]]),
        (PREQUIRE + "local a = prequire('a') or require 'b'", [["a", "b"]]),
        (PREQUIRE + "local a = prequire('a') or prequire 'b' or require 'c'", [["a", "b", "c"]]),
        (PREQUIRE + "local a = prequire 'a' or prequire 'b'\nassert(a, 'none')", [["a", "b"]]),
        (PREQUIRE + "M.a = prequire 'a'\nif not a then a = require 'b' end", []),
        (TRIED + "local b = ok and a or require 'b'", [["a", "b"]]),
        (TRIED + "local b = ok and a\nif not b then b = require 'b' end", [["b", "a"]]),
        (TRIED + "assert(ok, a)", [["a"]]),
        (TRIED + "if not ok then a = bit32 end\nassert(a, 'none')", [["bit32", "a"]]),
        (TRIED + "if not ok then a = bit32 end\nassert(type(a) == 'table')", [["bit32", "a"]]),
        (TRIED + "if not ok then a = bit32 end\nassert(type(a) == 'string')", []),
        ("if type(jit) ~= 'table' then error('LuaJIT') end", [["jit"]]),
        ("if type(jit) == 'nil' then error 'LuaJIT' end", [["jit"]]),
        ("if jit == nil then error('LuaJIT') end", [["jit"]]),
        ("if jit ~= nil then require 'a' else require 'b' end", [["a jit", "b"]]),
        ("assert(jit ~= nil)", [["jit"]]),
        ("assert(jit == nil)", []),
        ("if type(jit) ~= 'string' then error('LuaJIT') end", []),
        ("if jit.version ~= nil then error('LuaJIT') end", []),
        ("local jit = 1 if jit == nil then error('LuaJIT') end", []),
        ("if jit ~= nil or x then require 'a' else require 'b' end", [["a", "b"]]),
        ("if type(jit", []),
        ("if jit", []),
        (TRIED + "if not ok then a = M.bit32 end\nassert(a, 'none')", []),
        ("local a = bit32 or require 'a'", [["bit32", "a"]]),
        ("local bit32 = f()\nlocal a = bit32 or require 'a'", []),
        ("bit32 = f()\nlocal a = bit32 or require 'a'", []),
        ("local a, bit32 = f()\nlocal b = bit32 or require 'b'", []),
        ("M.bit32 = f()\nlocal a = bit32 or require 'a'", [["bit32", "a"]]),
        (TRIED + "if not ok then a = nil end\nif a then b() else require 'c' end", [["a", "c"]]),
        (TRIED + "if not ok then a = false end\nif not a then require 'c' end", [["c", "a"]]),
        ("local a = assert(softreq 'a' or softreq 'b')", [["a", "b"]]),
        ("local a = try_require('a') or optional_require('b')\nassert(a)", [["a", "b"]]),
        (PREQUIRE + "local m, why = prequire 'a'\nassert(m, why)", [["a"]]),
        (PREQUIRE + "local m, why, no = prequire 'a'\nassert(m, why)", [["a"]]),
        ("local try = function(n) return pcall(require, n) end\nassert(try 'a')", [["a"]]),
        ("try = function(n) pcall(g) return pcall(require, n) end\nassert(try 'a')", [["a"]]),
        (
            TRIED + "local ok2 = pcall(require, 'b')\n"
            "if not ok then require 'c' elseif not ok2 then require 'd' end",
            [["c", "a d", "a b"]],
        ),
        (
            "if x then f = function() return 1 end end if x then require 'a' else require 'b' end",
            [["a", "b"]],
        ),
        (PREQUIRE + "local a = assert(prequire('a') or prequire('b'))", [["a", "b"]]),
        ("local a = assert(pcall(require, 'a'))", [["a"]]),
        (TRIED + "if not ok then error('install a') end", [["a"]]),
        (TRIED + "if not ok then print('no a') os.exit(1) end", [["a"]]),
        (
            TRIED + "if not ok then ok, a = pcall(require, 'b') end\n"
            "if not ok then ok, a = pcall(require, 'c') end\nif not ok then error 'none' end",
            [["c", "b", "a"]],
        ),
        (
            TRIED + "if not ok then ok, a = pcall(require, 'b')\n"
            "if not ok then a = require 'c' end end",
            [["c", "b", "a"]],
        ),
        (
            "if x then require 'a' elseif y then require 'b' else require 'c' end",
            [["a", "b", "c"]],
        ),
        ("if jit then require 'a' else error('for LuaJIT') end", [["a jit"]]),
        (
            TRIED + "if not ok then return require 'b' end\nif x then else error() end",
            [["b", "a"]],
        ),
    ],
)
def test_branches_and_what_stands_after_or_are_alternatives(
    text: str, found: list[list[str]]
) -> None:
    """One of them has to be there: what is tried, or what is required where that is missing."""
    assert chosen(text) == found


LONG = "local x, y, z = f(1), g(2), h(3) "
OR_ERROR = "if not ok then error'' end"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"{LONG}local ok = pcall(function() return require('a') end) {OR_ERROR}", [["a"]]),
        (f"{LONG}local ok = pcall(function() return require 'a' end) {OR_ERROR}", [["a"]]),
        (f"{LONG}local ok = pcall(function() return require('a'), 1 end) {OR_ERROR}", []),
        (f"{LONG}local ok = pcall(function() return require('a') end, 1) {OR_ERROR}", []),
        (f"{LONG}local ok = pcall(require, 'a', 1) {OR_ERROR}", []),
        (TRIED + "local o2 = pcall(require, 'b') assert(ok) assert(o2)", [["a"], ["b"]]),
        (TRIED + "assert(ok) assert(ok)", [["a"]]),
        (TRIED + "x = y or assert(ok)", []),
        ("require 'a' require 'a' require('b')", [["a"], ["b"]]),
        ("x = y or require 'a'", []),
        ("x = y and require 'a'", []),
        ("f.require 'a'", []),
        (PREQUIRE + "local a = prequire('a') or prequire('a') or require 'a'", [["a"]]),
        (PREQUIRE + "local a = prequire 'a' or prequire('b') or {}", []),
        (PREQUIRE + "local a, b = prequire 'a' or require 'b', 1", [["a", "b"]]),
        (PREQUIRE + "local t = { prequire 'a' or require 'b' }", []),
        (PREQUIRE + "local t = { x = prequire 'a' or require 'b' }", [["a", "b"]]),
        (PREQUIRE + "local t = { x = prequire 'a' or require 'b', 1 }", [["a", "b"]]),
        (PREQUIRE + "t.x = prequire 'a' or require 'b'", [["a", "b"]]),
        (PREQUIRE + "local t = prequire 'a' or require 'b' and x", []),
        (PREQUIRE + "local t = (prequire 'a' or require 'b').x", []),
        (PREQUIRE + "local a = prequire('a').x or require 'b'", []),
        ("function try(n) pcall(require, n) end assert(try 'a')", [["a"]]),
        ("function M.try(n) pcall(require, n) end assert(try 'a')", []),
        ("function try(n) pcall(f, n) end assert(try 'a')", []),
        ("if x then require 'a' require 'b' else require 'c' end", [["a b", "c"]]),
        (
            "if x then if y then require 'a' else require 'b' end else require 'c' end",
            [["a", "b", "c"]],
        ),
        ("if x then require 'a' else require 'a' end", [["a"]]),
        ("if x then do require 'a' end else require 'b' end", [["a", "b"]]),
        ("if x then for i in y do require 'z' end else require 'b' end", []),
        ("if x then os.exit(1) else require 'b' end", [["b"]]),
        ("if x then os.exit else require 'b' end", []),
        ("if x then M.error 'x' else require 'b' end", []),
        ("if x then error = 1 else require 'b' end", []),
        ("if x then error(y) else require 'b' end", [["b"]]),
        (TRIED + "if ok then else error'' end", [["a"]]),
        (TRIED + "if (ok) then else error'' end", [["a"]]),
        (TRIED + "if ok and x then else error'' end", [["a"]]),
        (TRIED + "if not ok then return end if x then error'' end", []),
    ],
)
def test_what_a_choice_is_of(text: str, found: list[list[str]]) -> None:
    """Each module once, in the order of the text, and only where all terms are known."""
    assert chosen(text) == found


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("if (tonumber((_VERSION or ''):match('[%d.]*$')) or 0) < 5.3 then end", True),
        ("if _VERSION == 'Lua 5.1' then", True),
        ("if (_VERSION < 'Lua 5.1') then", True),
        ("if 1 or _VERSION == 'Lua 5.1' then", False),
        ("if x and _VERSION == 'Lua 5.1' then", False),
        ("if x then _VERSION = 1 end", False),
        ("while _VERSION == 'Lua 5.1' do if x then end end", False),
        ("if _VERSION == 'Lua 5.1'", False),
        ("if _VERSION" + " .. x" * 11 + " then", True),
        ("if _VERSION" + " .. x" * 12 + " then", False),
    ],
)
def test_a_condition_asks_for_the_version(text: str, asks: bool) -> None:
    """Where it compares that alone, in 24 tokens."""
    assert asks_version(tokens_of(text), 0) is asks


@pytest.mark.parametrize(("count", "is_told"), [(16, True), (17, False)])
def test_sixteen_alternatives_are_told(count: int, is_told: bool) -> None:
    """More of them would take long to compare."""
    many = "".join(f"if x == {n} then require 'a{n}' else" for n in range(count - 1))
    assert len(chosen(f"{many} require 'b' end")) == is_told


@pytest.mark.parametrize(
    "text",
    [
        TRIED,
        TRIED + "if ok then require 'b' end",
        TRIED + "if not ok then a = {} end",
        TRIED + "if not ok and jit then a = require 'b' end",
        TRIED + "if not (ok or jit) then a = require 'b' end",
        TRIED + "ok = true\nif not ok then error 'never' end",
        TRIED + "if x then ok = true end\nif not ok then error 'perhaps' end",
        TRIED + "local b = ok == true\nif not b then error 'other' end",
        TRIED + "local b = a or {}\nif not b then error 'never' end",
        TRIED + "assert(ok or x, a)",
        TRIED + "if a then b() else require 'c' end",
        TRIED + "if x then a = nil end\nif a then b() else require 'c' end",
        TRIED + "if not ok then a = nil end\na = x\nif a then b() else require 'c' end",
        TRIED + "a = x\nif not ok then a = nil end\nif a then b() else require 'c' end",
        TRIED + "if not ok then a = nil or x end\nif a then b() else require 'c' end",
        "local function softreq(n) return n end\nlocal a = assert(softreq 'a')",
        TRIED + "assert(ok == x)",
        "if jit then require 'a' end",
        "if jit then require 'a' elseif x then require 'b' end",
        "if jit then return end\nif x then require 'a' else require 'b' end",
        "local function f() if x then require 'a' else require 'b' end end",
        "function M.f() local ok = pcall(require, 'a') if not ok then error 'a' end end",
        "for _ = 1, 0 do if x then require 'a' else require 'b' end end",
        "while x do if x then require 'a' else require 'b' end end",
        "while x do return end if x then require 'a' else require 'b' end",
        "if x then for _ in y do return end end if x then require 'a' else require 'b' end",
        "if x then while y do return end end if x then require 'a' else require 'b' end",
        "local function try(n) return n end local a = try 'a' or require 'b'",
        "repeat if x then require 'a' else require 'b' end until x",
        "if _VERSION == 'Lua 5.1' then require 'a' else require 'b' end",
        "if x then require(y) else require 'b' end",
        "if x then pcall(require, 'a' .. y) else require 'b' end",
        "if pcall(function() return require 'a', b end) then f() else error 'a' end",
        "error('never loads')",
        "if x then",
        "local a = x or",
        "local function prequire(",
        "local a = '",
    ],
)
def test_what_may_be_left_undone_is_no_choice(text: str) -> None:
    """A branch that needs nothing, a loop, a function, a version: each may load without."""
    assert chosen(text) == []


def test_too_many_alternatives_say_nothing() -> None:
    """They would take long to compare."""
    branch = "".join(f"if x then require 'a{n}' else require 'b{n}' end " for n in range(5))
    assert chosen(f"if y then {branch} else require 'c' end") == []
    many = "".join(f"if x == {n} then require 'a{n}' else" for n in range(16))
    assert chosen(f"{many} require 'b' end") == []


def test_what_is_required_in_any_case_is_no_choice() -> None:
    """It stands among the modules that are required."""
    needs = load_needs({"foo": f"{PREQUIRE}require 'a'\nlocal b = prequire 'b' or require 'c'"})
    assert needs["foo"].requires == ("a",)
    assert needs["foo"].choices == ((frozenset("b"), frozenset("c")),)
