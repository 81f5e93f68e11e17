"""Lua versions that C code is not for."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.c_evidence import bare_lines, outside_headers, unfit_for_c
from distrorocks.packaging.code.lua_api import read_lua_api

VERSIONS = ("5.1", "5.2", "5.3", "5.4")
API = read_lua_api()


def unfit(*texts: str, compiled: tuple[str, ...] = ()) -> list[str]:
    """Return the versions ruled out by files named a.c, b.c and so on."""
    named = {f"{'abcdef'[index]}.c": text for index, text in enumerate(texts)}
    return list(unfit_for_c(named, compiled, API, VERSIONS))


def test_the_evidence_has_file_and_line() -> None:
    """The first use of a name that a version lacks is reported with file and line."""
    found = unfit_for_c({"src/a.c": "\n\nluaL_register(L, 0, f);"}, (), API, ("5.4",))
    assert found == {"5.4": "src/a.c:3 uses luaL_register, which Lua 5.4 lacks"}


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("static const luaL_reg r[];", ["5.2", "5.3", "5.4"]),
        ("n = luaL_checkint(L, 1);", ["5.3", "5.4"]),
        ("luaL_setfuncs(L, f, 0);", ["5.1"]),
        ("lua_newuserdatauv(L, 1, 1);", ["5.1", "5.2", "5.3"]),
        ("luaL_regex(L); my_luaL_reg(L);", []),
        ('/* luaL_reg */ "luaL_reg"; // luaL_reg', []),
        ("#if LUA_VERSION_NUM > 501\nluaL_setfuncs(L);\n#else\nluaL_register(L);\n#endif", []),
        ("#if LUA_VERSION_NUM > 501\nluaL_checkint(L);\n#endif", ["5.3", "5.4"]),
        ("#ifdef _WIN32\nluaL_reg r;\n#endif", []),
        ("#ifdef _WIN32\n#else\nluaL_reg r;\n#endif", []),
        ("#ifndef luaL_newlib\nluaL_register(L);\n#endif", []),
        ("#ifndef luaL_reg\n#define luaL_reg luaL_Reg\n#endif\nluaL_reg r;", []),
        ("#ifndef A_H\n#define A_H\nluaL_reg r;\n#endif", ["5.2", "5.3", "5.4"]),
        ("#if LUA_VERSION_NUM < 502\n#error old\n#endif\nluaL_setfuncs(L);", ["5.1"]),
        ("#if LUA_VERSION_NUM > 501\nx;\n#else\n#error no\n#endif\nlua_geti(L);", ["5.1", "5.2"]),
        (
            "#if 0\n#elif LUA_VERSION_NUM < 504\n#else\n#error new\n#endif\nlua_geti;",
            ["5.1", "5.2", "5.4"],
        ),
        ("static void luaL_setfuncs (lua_State *L,\n  int n) {\n}\nluaL_setfuncs(L, 1);", []),
        ("void luaL_setfuncs(lua_State *L);\nluaL_setfuncs(L, 1);", ["5.1"]),
        ("typedef ptrdiff_t lua_KContext;\nint f(lua_KContext c);", []),
        ("#define lua_rawlen(L, i) lua_objlen(L, i)\nlua_rawlen(L, 1);", []),
        ("#undef luaL_newlib\n#endif\n#else\n#elif 1\nlua_rawlen(L);", ["5.1"]),
    ],
)
def test_uses_that_are_certain_count(text: str, versions: list[str]) -> None:
    """What a version's branch of the code uses and nothing brings rules that version out."""
    assert unfit(text) == versions


def test_another_file_may_bring_a_name() -> None:
    """A compatibility file of the rock's own counts for all its files."""
    header = "#if LUA_VERSION_NUM == 501\n#define lua_rawlen lua_objlen\n#endif\n"
    assert unfit("lua_rawlen(L, 1);", header) == []


@pytest.mark.parametrize("more", ['#include "compat-5.3.h"\n', "#define LUA_COMPAT_ALL\n"])
def test_unknown_headers_are_no_evidence(more: str) -> None:
    """Missing headers and Lua's compatibility macros leave all versions possible."""
    assert unfit(f"{more}luaL_reg r;") == []


def test_only_what_is_compiled_counts() -> None:
    """Of named sources others are left out; of all, those of tests and examples."""
    assert unfit("luaL_reg r;", "x;", compiled=("b.c",)) == []
    assert unfit_for_c({"tests/a.c": "luaL_reg r;", "a.c": "x;"}, (), API, VERSIONS) == {}
    assert unfit_for_c({"a.lua": "luaL_reg"}, (), API, VERSIONS) == {}


def test_headers_count_with_what_includes_them() -> None:
    """A header that is compiled in is code; one that is not, or not for this Lua, is none."""
    texts = {"src/a.c": '#include "sub/a.h"\n', "src/sub/a.h": "luaL_reg r;", "b.h": "lua_geti;"}
    found = unfit_for_c(texts, ("src/a.c",), API, VERSIONS)
    assert found["5.4"] == "src/sub/a.h:1 uses luaL_reg, which Lua 5.4 lacks"
    old = '#ifndef LUA_VERSION_NUM\n#include "compat-5.1.h"\n#endif\nluaL_reg r;'
    assert unfit(old) == ["5.2", "5.3", "5.4"]


def test_names_of_lua_that_it_has_not_are_no_macros() -> None:
    """A choice between LUA_NUMBER_... is decided by the headers, with its #error."""
    text = "#if defined(LUA_NUMBER_DOUBLE)\n#elif defined(LUA_NUMBER_INT)\n#else\n#error\n#endif\n"
    assert unfit(f"{text}luaL_reg;") == ["5.2", "5.3", "5.4"]
    assert unfit(f"{text}LUA_NUMBER_DOUBLE") == ["5.3", "5.4"]


def test_a_condition_is_no_definition() -> None:
    """A call in an if with a body is a call."""
    assert unfit("if (!luaL_optint(L, 1)) {\n}\n") == ["5.3", "5.4"]


def test_comments_and_strings_say_nothing() -> None:
    """What stands in comments and strings is gone; the numbers of lines stay."""
    text = 'a; /* lua_objlen\n lua_open */ b;\n// lua_open\n"lua_open \\" x" c \'"\' d\n'
    assert [(n, line.split()) for n, line in bare_lines(text)] == [
        (1, ["a;", "b;"]),
        (4, ['""', "c", '""', "d"]),
    ]


def test_a_line_that_goes_on_is_one() -> None:
    """A backslash joins lines, the next one keeps its own number."""
    assert [n for n, _ in bare_lines("#define a \\\n b \\\n c\nd\n")] == [1, 4]


def test_what_is_never_closed_ends_with_the_text() -> None:
    """An open comment takes the rest; an open string ends with its line."""
    assert [n for n, _ in bare_lines("a\n/* b\nc\n")] == [1]
    assert [n for n, _ in bare_lines('a "b\nc\n')] == [1, 2]


def test_headers_that_are_always_included_are_found() -> None:
    """Those of the rock itself, in a branch or in a comment are not; those in quotes are apart."""
    text = """
#include <zlib.h>
#  include <own.h>
#include "quoted.h"
#include "own.h"
#include "zlib.h"
/* #include <comment.h> */
#ifdef _WIN32
#include <windows.h>
#else
#include <branch.h>
#endif
#include <after/it.h>
"""
    texts = {"src/a.c": text, "tests/t.c": "#include <test.h>", "b.c": "#include <b.h>"}
    files = (*texts, "include/own.h")
    assert outside_headers(texts, ("src/a.c",), files) == (("after/it.h", "zlib.h"), ("quoted.h",))
    assert outside_headers(texts, (), files).angled == ("after/it.h", "b.h", "zlib.h")


def test_headers_that_a_build_writes_are_the_rocks_own() -> None:
    """And what works of others include, which the sources bring, is not asked for."""
    texts = {
        "a.c": '#include "config.h"\n#include <pcre.h>\n#include <x/real.h>',
        "vendor/b.c": "#include <b.h>",
        "dependencies/x/c.c": "#include <c.h>",
    }
    files = (*texts, "config.h.in", "src/pcre.h.generic")
    assert outside_headers(texts, (), files) == (("x/real.h",), ())
