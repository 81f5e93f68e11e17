"""Assignments to control variables of loops."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.loop_variables import assigned_control
from distrorocks.packaging.code.lua_tokens import tokens_of


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("for i = 1, 2 do i = 3 end", "i"),
        ("for k, v in pairs(t) do k = v end", "k"),
        ("for k in f() do while x do k = 1 end end", "k"),
        ("for k in f() do if k then t = {a = function() k = 2 end} end end", "k"),
        ("for k in f() do do local k = 1 end k = 2 end", "k"),
        ("for k in f() do g(function(k) end) k = 2 end", "k"),
        ("for i = 1, #{(function() for j = 1, 2 do end end)} do i = 1 end", "i"),
        ("while f(function() end) do x = 1 end for i = 1, 2 do i = 2 end", "i"),
        ("for i = 1, 2 do for i = 1, 2 do end i = 1 end", "i"),
        ("for k, v in f() do k, v = 1, 2 end", "k"),
        ("for k, v in f() do v, k = 1, 2 end", "k"),
        ("for k, v in f() do x.y, k = 1, 2 end", "k"),
        ("for k, v in f() do x = 1 v, k, z = 1, 2 end", "k"),
        ("for k, v in f() do x = g(v, k) y = 1 end", ""),
        ("for k, v in f() do local k, v = 1, 2 end", ""),
        ("for k, v in f() do x = { v, k, z = 1 } end", ""),
        ("for i = 1, 2 do for a, i in f() do i = 1 end end", ""),
        ("for k, v in pairs(t) do v = 1 end", ""),
        ("for k in f() do local k = k; k = 2 end", ""),
        ("for k in f() do local j <const>, k = 1, 2; k = 2 end", ""),
        ("for k in f() do g{ k = 2 } end", ""),
        ("for k in f() do g(function(a, k) k = 2 end) end", ""),
        ("for k in f() do function x.y:z(k) k = 2 end end", ""),
        ("for k in f() do local function k() end k = 1 end", ""),
        ("for k in f() do x.k = 2 end", ""),
        ("for k in f() do if k == 2 then end end", ""),
        ("for k in f() do end k = 1", ""),
        ("for i = 1, 2 do repeat local i i = 2 until i end", ""),
        *(
            (text, "")
            for text in ("k =", "local", "for", "for k", "function", "local x <", "}", "")
        ),
    ],
)
def test_what_gives_a_control_variable_a_value(text: str, name: str) -> None:
    """The innermost declaration of a name holds; fields have the same names and are others."""
    assert assigned_control(tokens_of(text)) == name


@pytest.mark.parametrize("piece", ["function a.", "a, ", "for a, ", "local a, ", "{"])
def test_floods_are_read_in_linear_time(piece: str) -> None:
    """Four times the tokens take no more than some times the steps, of which one a token is."""
    assert _steps(piece * 2000) < 8 * _steps(piece * 500)


def _steps(text: str) -> int:
    """Return how many tokens are looked at."""
    words = _Counted(tokens_of(text))
    assigned_control(words)
    return words.looks + 1


class _Counted(list[str]):
    """Tokens that count how often they are looked at."""

    looks = 0

    def __getitem__(self, at):  # type: ignore[no-untyped-def]
        self.looks += 1
        return super().__getitem__(at)
