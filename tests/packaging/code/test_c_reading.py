"""Conditions of the preprocessor are decided by the Lua version, whatever the code."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies as st

from distrorocks.packaging.code.c_evidence import unfit_for_c
from distrorocks.packaging.code.c_reading import condition, read_c
from distrorocks.packaging.code.lua_api import Declared, LuaApi, read_lua_api

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
        ("1 > 1", False),
        ("1 >= 1", True),
        ("1 < 1", False),
        ("1 <= 1", True),
        ("1 == 1", True),
        ("1 != 1", False),
        ("2 > 1", True),
        ("1 > X", None),
        ("X > 1", None),
        ("X || 1", True),
        ("X || 0", None),
        ("0 || X", None),
        ("0 || 0", False),
        ("X && 1", None),
        ("1 && X", None),
        ("0 && X", False),
        ("X && 0", False),
        ("1 && 2", True),
        ("0 || 1 && 0", False),
        ("!X", None),
        ("!0", True),
        ("!!1", True),
        ("!2", False),
        ("_x", None),
        ("é", None),
        ("1 )", None),
        ("( 1", None),
        ("1 ||", None),
        ("defined LUA_VERSION_NUM", True),
        ("defined(luaL_reg", None),
        ("defined luaL_newlib && defined(luaL_newlib)", True),
        ("0x1 == 1", None),
        ("10ul == 10", True),
        ("0 == 00", True),
        ("?", None),
        ("&& 1", None),
        ("(" * 49 + "1" + ")" * 49, True),
        ("(" * 50 + "1" + ")" * 50, None),
        (" && ".join(["1"] * 60), True),
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


SMALL = LuaApi(
    {
        "lua_old": Declared(frozenset({"5.1"}), frozenset()),
        "lua_any": Declared(frozenset({"5.1", "5.4"}), frozenset({"5.4"})),
        "LUA_NUMBER_INT": Declared(frozenset({"5.1"}), frozenset({"5.1"})),
    },
    frozenset({"5.1", "5.4"}),
)


def read(text: str, version: str = "5.4") -> tuple[dict[str, int], str, str, int]:
    """Return what a text uses, brings and includes for a version, and the line it refuses at."""
    found = read_c(list(enumerate(text.split("~"), 1)), version, SMALL)
    return (
        found.used,
        " ".join(sorted(found.brought)),
        " ".join(sorted(found.included)),
        (found.refusal),
    )


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("lua_a(L);", {"lua_a": 1}),
        ("x;~lua_a(lua_b);~lua_a;", {"lua_a": 2, "lua_b": 2}),
        ("#if 1~lua_a;~#else~lua_b;~#endif~lua_c;", {"lua_a": 2, "lua_c": 6}),
        ("#if 0~lua_a;~#else~lua_b;~#endif", {"lua_b": 4}),
        ("#if X~lua_a;~#else~lua_b;~#endif~lua_c;", {"lua_c": 6}),
        ("#if 0~lua_a;~#elif 1~lua_b;~#else~lua_c;~#endif", {"lua_b": 4}),
        ("#if 1~lua_a;~#elif 1~lua_b;~#else~lua_c;~#endif", {"lua_a": 2}),
        ("#if 0~#elif 0~lua_a;~#else~lua_c;~#endif", {"lua_c": 5}),
        ("#if X~lua_a;~#elif 1~lua_b;~#else~lua_c;~#endif", {}),
        ("#if X~#elif 0~lua_a;~#else~lua_c;~#endif~lua_d;", {"lua_d": 7}),
        ("#if 0~#elif X~lua_a;~#elif 1~lua_b;~#endif", {}),
        ("#if 0~#if 1~lua_a;~#endif~lua_b;~#endif", {}),
        ("#if 1~#if 0~lua_a;~#endif~lua_b;~#endif", {"lua_b": 5}),
        ("#if X~#if 1~lua_a;~#endif~#endif", {}),
        ("#ifdef lua_any~lua_a;~#endif", {"lua_a": 2}),
        ("#ifndef lua_any~lua_a;~#endif", {}),
        ("#ifdef lua_old~lua_a;~#else~lua_b;~#endif", {"lua_b": 4}),
        ("# ifdef lua_any ~lua_a;~# endif", {"lua_a": 2}),
        ("#ifdef X~lua_a;~#endif", {}),
        ("#ifndef A_H~#define A_H~lua_a;~#endif", {"lua_a": 3}),
        ("#ifndef A_H~#define B_H~lua_a;~#endif", {}),
        ("#ifdef A_H~#define A_H~lua_a;~#endif", {}),
        ("#ifndef lua_any~#define lua_any 1~lua_a;~#endif", {}),
        ("#ifndef A_H", {}),
        ("#define lua_x(L) lua_y(L)~lua_x(L);~lua_z;", {"lua_z": 3}),
        ("#define lua_x 1~#undef lua_x ~lua_x;", {"lua_x": 3}),
        ("#define lua_x 1~#if 0~#undef lua_x~#endif~lua_x;", {}),
        ("#if 0~#define lua_x 1~#endif~lua_x;", {"lua_x": 4}),
        ("#if X~#define lua_x 1~#endif~lua_x;", {"lua_x": 4}),
        ("#define lua_x~#ifdef lua_x~lua_a;~#endif", {"lua_a": 3}),
        ("#ifdef LUA_NUMBER_INT~lua_a;~#else~lua_b;~#endif", {"lua_b": 4}),
        ("#ifdef LUA_NUMBER_NEW~lua_a;~#else~lua_b;~#endif", {"lua_b": 4}),
        ("#if X~#define lua_x 1~#endif~#ifdef lua_x~lua_a;~#else~lua_b;~#endif", {}),
        ("#elif 1~lua_a;", {"lua_a": 2}),
        ("#else~lua_a;", {"lua_a": 2}),
        ("#endif~lua_a;", {"lua_a": 2}),
        ("#if LUA_VERSION_NUM == 504~lua_a;~#endif", {"lua_a": 2}),
        ("#pragma x~lua_a;", {"lua_a": 2}),
    ],
)
def test_a_use_counts_where_it_is_certainly_compiled(text: str, used: dict[str, int]) -> None:
    """Branches are taken in turn: after one that may be compiled, no other surely is."""
    assert read(text)[0] == used


@pytest.mark.parametrize(
    ("text", "brought"),
    [
        ("int lua_f (lua_State *L) {", "lua_f"),
        ("int (lua_f) (lua_State *L) {", "lua_f"),
        ("static const char *luaL_f(lua_State *L,~ int n)~{", "luaL_f"),
        ("int lua_f (lua_State *L~,int a~,int b~) {", "lua_f"),
        ("int lua_f (lua_State *L~,int a~,int b~,int c~) {", ""),
        ("int lua_f (lua_State *L);", ""),
        ("int lua_f (lua_State *L~);~{", ""),
        ("int lua_f (lua_State *L", ""),
        ("return lua_f (x) {", ""),
        ("else lua_f (x) {", ""),
        ("typedef int lua_f;", "lua_f"),
        ("typedef int (*lua_f)(lua_State *L, int n);", "lua_f"),
        ("typedef struct x luaL_f ;", "luaL_f"),
        ("mytypedef int lua_f;", ""),
        ("typedef LUAI_F LUA_F;", "LUA_F"),
        ("typedef struct luaL_f {~int x;~} luaL_f;", "luaL_f"),
        ("struct luaL_f x;", ""),
        ("#if X~typedef int lua_f;~#endif", "lua_f"),
        ("#if 0~typedef int lua_f;~#endif", ""),
        ("#define lua_f(x) 1", "lua_f"),
        ("#if X~#define lua_f 1~#endif", "lua_f"),
        ("#if 0~#define lua_f 1~#endif", ""),
        ("int lua_f (" + "a" * 1988 + "{", "lua_f"),
        ("int lua_f (" + "a" * 1989 + "{", ""),
    ],
)
def test_a_definition_counts_where_it_may_be_compiled(text: str, brought: str) -> None:
    """That is a function with its body, a type or a macro; a declaration brings nothing."""
    assert read(text)[1] == brought


@pytest.mark.parametrize(
    ("text", "included", "refusal"),
    [
        ('#include "a.h"~#include <b/c.h>', "a.h b/c.h", 0),
        ("#if X~#include <a.h>~#error~#endif", "a.h", 0),
        ("#if 0~#include <a.h>~#error~#endif", "", 0),
        ("#if 1~#error no~#endif~#error too", "", 2),
        ("#include A_H", "", 0),
    ],
)
def test_headers_that_may_be_included_and_errors_that_are_reached(
    text: str, included: str, refusal: int
) -> None:
    """The first error counts, and only one that is certainly reached."""
    assert read(text)[2:] == (included, refusal)


def test_a_version_is_a_number() -> None:
    """5.1 is 501: the major version in hundreds, and the minor one."""
    text = "#if LUA_VERSION_NUM == 501~lua_a;~#endif~#ifdef lua_any~lua_b;~#else~lua_c;~#endif"
    assert read(text, "5.1")[0] == {"lua_a": 2, "lua_c": 7}
    assert read("#if LUA_VERSION_NUM == 510~lua_a;~#endif", "5.10")[0] == {"lua_a": 2}
