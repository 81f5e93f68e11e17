"""Calls of functions that newer versions of Lua removed are evidence where they are surely done."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.lua_globals import tokens_of
from distrorocks.packaging.code.removed_calls import RemovedCall, removed_calls


def called(text: str) -> list[str]:
    """Return the removed functions that a text calls, each with the versions that do it."""
    found = removed_calls(tokens_of(text))
    return [f"{each.function} {' '.join(sorted(each.using))}" for each in found]


EVERY = "5.1 5.2 5.3 5.4"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("local function f() setfenv(2, {}) end f()", [f"setfenv {EVERY}"]),
        ("function f() setfenv(2, {}) end f 'x'", [f"setfenv {EVERY}"]),
        ("function M.f() setfenv(2, {}) end M.f()", [f"setfenv {EVERY}"]),
        ("function M:f() setfenv(2, {}) end M:f()", [f"setfenv {EVERY}"]),
        ("local f = function() setfenv(2, {}) end f()", [f"setfenv {EVERY}"]),
        ("M.f = function() setfenv(2, {}) end M.f()", [f"setfenv {EVERY}"]),
        ("local function g() module 'x' end local function f() g() end f()", [f"module {EVERY}"]),
        ("local function f() f() module 'x' end f()", [f"module {EVERY}"]),
        ("local g = getfenv local function f() g(1) end f()", [f"getfenv {EVERY}"]),
        (
            "local function f() if _VERSION == 'Lua 5.2' then else module 'x' end end f()",
            ["module 5.1 5.3 5.4"],
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


def test_a_call_tells_the_first_version_that_lacks_its_function() -> None:
    """``module`` was removed later than ``setfenv``."""
    versions = frozenset(EVERY.split())
    assert list(removed_calls(tokens_of("module 'x' setfenv(1, {})"))) == [
        RemovedCall("module", "5.3", versions),
        RemovedCall("setfenv", "5.2", versions),
    ]
