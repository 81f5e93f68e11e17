"""Reading C of strangers."""

from __future__ import annotations

import re

from hypothesis import given, strategies as st

from distrorocks.packaging.code.c_evidence import unfit_for_c
from distrorocks.packaging.code.lua_api import read_lua_api

API = read_lua_api()
WORDS = """#if |#elif |#else~|#endif~|#define |defined(|)|LUA_VERSION_NUM| > 502|~|/*|*/|"|\\~
luaL_reg|lua_rawlen(L);|{|}|&&|!|0"""
PIECES = st.sampled_from([word.replace("~", "\n") for word in re.split(r"[|\n]", WORDS)])


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
