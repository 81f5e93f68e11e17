"""Conditions of the preprocessor are decided by the Lua version, whatever the code."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from distrorocks.packaging.code.c_evidence import unfit_for_c
from distrorocks.packaging.code.c_reading import condition
from distrorocks.packaging.code.lua_api import read_lua_api

KNOWN = {"luaL_newlib": True, "luaL_reg": False}

API = read_lua_api()
WORDS = """#if |#elif |#else~|#endif~|#define |defined(|)|LUA_VERSION_NUM| > 502|~|/*|*/|"|\\~
luaL_reg|lua_rawlen(L);|{|}|&&|!|0"""
PIECES = st.sampled_from([word.replace("~", "\n") for word in re.split(r"[|\n]", WORDS)])


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


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_text_can_be_read(text: str) -> None:
    """For any file, the result is about known versions and names a line of the file."""
    for evidence in unfit_for_c({"a.c": text}, (), API, ("5.1", "5.4")).values():
        line = int(evidence.split(":")[1].split()[0])
        assert 1 <= line <= text.count("\n") + 1


@given(st.lists(st.sampled_from(["luaL_reg r;\n", "lua_rawlen(L);\n", "int a;\n"]), max_size=6))
def test_a_choice_by_version_rules_nothing_out(lines: list[str]) -> None:
    """Code that stands under an impossible version says nothing, whatever it uses."""
    text = "#if LUA_VERSION_NUM == 999\n" + "".join(lines) + "#endif\n"
    assert unfit_for_c({"a.c": text}, (), API, ("5.1", "5.2", "5.3", "5.4")) == {}
