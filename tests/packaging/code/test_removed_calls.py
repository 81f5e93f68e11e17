"""Calls of functions that newer versions of Lua removed are evidence where they are surely done."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.lua_tokens import tokens_of
from distrorocks.packaging.code.removed_calls import RemovedCall, removed_calls


def called(text: str) -> list[str]:
    """Return the removed functions that a text calls, each with the versions that do it."""
    found = removed_calls(tokens_of(text))
    return [f"{each.function} {' '.join(sorted(each.using))}" for each in found]


EVERY = "5.1 5.2 5.3 5.4 5.5"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("local function f() setfenv(2, {}) end f()", [f"setfenv {EVERY}"]),
        ("function f() setfenv(2, {}) end f 'x'", [f"setfenv {EVERY}"]),
        ("function f() return g(unpack(x)) end f()", [f"unpack {EVERY}"]),
        ("function f() if x then return g() end unpack(x) end f()", []),
        ("function f() if x then return else y() end unpack(x) end f()", []),
        ("f(x, unpack(y))", [f"unpack {EVERY}"]),
        ("f(x, unpack) unpack(y)", [f"unpack {EVERY}"]),
        ("local x, unpack = f() unpack(y)", []),
        ("local unpack, x = f() unpack(y)", []),
        ("x, unpack = f() unpack(y)", []),
        ("for x, unpack in f() do end unpack(y)", []),
        ("local function f(x, unpack) end unpack(y)", []),
        ("M.f = function(unpack) end unpack(y)", []),
        ("function M.g:f(unpack) end unpack(y)", []),
        ("local f = loadstring('x')", [f"loadstring {EVERY}"]),
        ("local unpack = unpack or table.unpack unpack(x)", []),
        ("if not unpack then unpack = table.unpack end unpack(x)", []),
        ("function M.f() setfenv(2, {}) end M.f()", [f"setfenv {EVERY}"]),
        ("function M:f() setfenv(2, {}) end M:f()", [f"setfenv {EVERY}"]),
        ("local f = function() setfenv(2, {}) end f()", [f"setfenv {EVERY}"]),
        ("M.f = function() setfenv(2, {}) end M.f()", [f"setfenv {EVERY}"]),
        ("local function g() module 'x' end local function f() g() end f()", [f"module {EVERY}"]),
        ("local function f() f() module 'x' end f()", [f"module {EVERY}"]),
        ("local g = getfenv local function f() g(1) end f()", [f"getfenv {EVERY}"]),
        (
            "local function f() if _VERSION == 'Lua 5.2' then else module 'x' end end f()",
            ["module 5.1 5.3 5.4 5.5"],
        ),
        (
            "local function f() module 'x' end\nif _VERSION == 'Lua 5.3' then f() end",
            ["module 5.3"],
        ),
        (
            "local function f() module 'x' end\nif _VERSION == 'Lua 5.3' then f() else f() end",
            [f"module {EVERY}"],
        ),
        (
            "if _VERSION == 'Lua 5.3' or _VERSION == 'Lua 5.4' then module 'x' end",
            ["module 5.3 5.4"],
        ),
        ("local a, g = b, getfenv g(1)", [f"getfenv {EVERY}"]),
        ('module "x"', [f"module {EVERY}"]),
        ("module [[x]]", [f"module {EVERY}"]),
        ("function setfenv() end setfenv(1, {})", []),
        ("function f() local function g() module 'x' end end f()", []),
        ("function M.f() module 'x' end local y = x or M.f()", []),
        ("function f() if x then return end if _VERSION > '5' then module 'x' end end f()", []),
        ("local function f() if x then return end module 'x' end f()", []),
        ("local function f() if x then module 'x' end end f()", []),
        ("local function f() return function() module 'x' end end f()", []),
        ("local function f() local ok = setfenv and setfenv(1, {}) end f()", []),
        ("local function f() module 'x' end", []),
        ("local function f() module 'x' end pcall(f)", []),
        ("local function f() module 'x' end if x then f() end", []),
        ("local function f() module 'x' end local y = x or f()", []),
        ("local function f() module 'x' end M.f()", []),
        ("local function f() module 'x' end local function g() f() end", []),
        ("local setfenv = setfenv or g local function f() setfenv(2, {}) end f()", []),
        ("call(function() module 'x' end)", []),
        ("(function() module 'x' end)()", []),
        ("function", []),
        ("function f", []),
        ("= function() module 'x' end", []),
        ("end", []),
        ("else", []),
        ("", []),
    ],
)
def test_a_function_that_a_file_calls_is_run_when_it_is_loaded(text: str, found: list[str]) -> None:
    """Its calls count as those outside of any block do, by name and by version."""
    assert called(text) == found


@pytest.mark.parametrize(
    ("condition", "versions"),
    [
        ("_VERSION == 'Lua 5.2'", "5.2"),
        ("_VERSION ~= 'Lua 5.2'", "5.1 5.3 5.4 5.5"),
        ("_VERSION < 'Lua 5.2'", "5.1"),
        ("_VERSION <= 'Lua 5.2'", "5.1 5.2"),
        ("_VERSION > 'Lua 5.2'", "5.3 5.4 5.5"),
        ('_VERSION >= "Lua 5.2"', "5.2 5.3 5.4 5.5"),
        ("(_VERSION >= 'Lua 5.2')", "5.2 5.3 5.4 5.5"),
        ("_VERSION == 'Lua 5.1' or (_VERSION == 'Lua 5.4')", "5.1 5.4"),
        (" or ".join(f"_VERSION == 'Lua 5.{it}'" for it in "1234"), "5.1 5.2 5.3 5.4"),
        ("_VERSION == '5.1'", ""),
        ("_VERSION == 'Lua 5.1' and x", ""),
        ("not _VERSION == 'Lua 5.1'", ""),
        ("_VERSION", ""),
        ("x == 'Lua 5.1'", ""),
        ("_VERSION == 'Lua 5.1' or x", ""),
    ],
)
def test_a_branch_is_run_by_the_versions_that_its_condition_names(
    condition: str, versions: str
) -> None:
    """Each comparison with ``_VERSION``; one of anything else may hold for none of them."""
    whole = [f"setfenv {versions}"] if versions else []
    assert called(f"if {condition} then setfenv(1, {{}}) end") == whole


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "if _VERSION == 'Lua 5.1' then x() elseif _VERSION < 'Lua 5.3' then module 'x' end",
            ["module 5.2"],
        ),
        (
            "if _VERSION == 'Lua 5.1' then elseif x then module 'x' else module 'x' end",
            [],
        ),
        ("if _VERSION == 'Lua 5.1' then elseif _VERSION > '5' then else module 'x' end", []),
        (
            "if _VERSION > 'Lua 5.2' then if _VERSION < 'Lua 5.4' then module 'x' end end",
            ["module 5.3"],
        ),
        ("do module 'x' end", []),
        ("repeat f() until x module 'x'", [f"module {EVERY}"]),
        ("repeat module 'x' until x", []),
        ("while x do f() end module 'x'", [f"module {EVERY}"]),
        ("if x then return end module 'x'", [f"module {EVERY}"]),
        ("local function f() do return end module 'x' end f()", []),
        ("local function f() module 'x' do return end end f()", [f"module {EVERY}"]),
        ("local function f() g(function() return end) module 'x' end f()", [f"module {EVERY}"]),
        ("x.module 'x'", []),
        ("x:module 'x'", []),
        ("local x = y or module 'x'", []),
        ("local x = y and module 'x'", []),
        ("module = 1 module 'x'", []),
        ("local module module 'x'", []),
        ("local a, module = 1 module 'x'", []),
        ("module, a = 1 module 'x'", []),
        ("getfenv(1).x = 1", [f"getfenv {EVERY}"]),
        ("getfenv.x(1)", []),
        ("getfenv", []),
        ("local g = getfenv.x g(1)", []),
        ("local g = getfenv or x g(1)", []),
        ("local g = getfenv and x g(1)", []),
        ("local g = getfenv(1) g(1)", [f"getfenv {EVERY}"]),
        ("local g = getfenv .. x g(1)", []),
        ("local g, s = getfenv, setfenv s(1) g(1)", [f"setfenv {EVERY}", f"getfenv {EVERY}"]),
        ("local g, s = getfenv s(1)", []),
        ("local g <const> = getfenv g(1)", []),
        ("local x local g = getfenv g(1)", [f"getfenv {EVERY}"]),
        ("M.f = function() module 'x' end M.g()", []),
        ("f = function() module 'x' end f()", [f"module {EVERY}"]),
        ("local function f() module 'x' end f() f()", [f"module {EVERY}"]),
        ("function a.b.c() module 'x' end a.b.c()", [f"module {EVERY}"]),
        ("function a.b.c() module 'x' end b.c()", []),
        ("f().module 'x'", []),
    ],
)
def test_what_is_surely_called_when_the_file_is_loaded(text: str, found: list[str]) -> None:
    """Calls in a block that may be left, of another name, or of its own are none."""
    assert called(text) == found


def test_a_call_tells_the_first_version_that_lacks_its_function() -> None:
    """``module`` was removed later than ``setfenv``."""
    versions = frozenset(EVERY.split())
    assert list(removed_calls(tokens_of("module 'x' setfenv(1, {})"))) == [
        RemovedCall("module", "5.3", versions),
        RemovedCall("setfenv", "5.2", versions),
    ]
