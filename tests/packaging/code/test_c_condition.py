"""Conditions of the preprocessor."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.c_reading import condition

KNOWN = {"luaL_newlib": True, "luaL_reg": False}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("LUA_VERSION_NUM >= 503", True),
        ("LUA_VERSION_NUM == 501", False),
        ("defined(LUA_VERSION_NUM) && LUA_VERSION_NUM > 501", True),
        ("!defined LUA_VERSION_NUM || LUA_VERSION_NUM < 502", False),
        ("defined(luaL_newlib)", True),
        ("!defined(luaL_reg)", True),
        ("defined(_WIN32)", None),
        ("defined(_WIN32) || LUA_VERSION_NUM > 501", True),
        ("defined(_WIN32) && LUA_VERSION_NUM > 501", None),
        ("defined(_WIN32) && LUA_VERSION_NUM < 501", False),
        ("(LUA_VERSION_NUM) != (503)", False),
        ("0", False),
        ("1", True),
        ("010 == 8", True),
        ("503L <= LUA_VERSION_NUM", True),
        ("WORDS(a) > 1", None),
        ("LUA_VERSION_NUM + 1 > 2", None),
        ("", None),
        ("((", None),
        ("defined(", None),
        ("(" * 5000, None),
        ("!" * 5000 + "1", None),
        ("LUA_VERSION_NUM < 08", None),
        ("LUA_VERSION_NUM < " + "9" * 5000, None),
    ],
)
def test_what_is_known_decides(text: str, value: bool | None) -> None:
    """Three values: what is not understood or not known is neither true nor false."""
    assert condition(text, 503, KNOWN.get) is value
