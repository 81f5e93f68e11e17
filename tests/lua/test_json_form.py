"""Lua values as programs that read JSON want them."""

from __future__ import annotations

import pytest

from distrorocks.lua.json_form import json_form
from distrorocks.lua.value import FUNCTION, LuaValue


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ({1: "a", 2: {1: "b"}}, ["a", ["b"]]),
        ({1: "a", 3: "b"}, {"1": "a", "3": "b"}),
        ({1: "a", "x": 1.5}, {"1": "a", "x": 1.5}),
        ({}, []),
        (float("nan"), None),
        (FUNCTION, None),
        (True, True),
    ],
)
def test_a_table_is_a_list_where_it_is_one(value: LuaValue, wanted: object) -> None:
    """What JSON cannot say is null."""
    assert json_form(value) == wanted
