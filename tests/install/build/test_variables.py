"""Variables of a build, and their substitution."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from distrorocks.families.build_flags import BuildFlags
from distrorocks.install.build.request import Lua, Settings
from distrorocks.install.build.variables import Substitution, shell_quoted, values_of
from distrorocks.lua.value import LuaValue
from tests.install.build.requests import wanted

BUILD = '{ type = "none" }'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$(AB)/x", "ab/x"),
        ("$(AB)$(AB)", "abab"),
        ("$(X)", "$(X)"),
        ("$AB", "$AB"),
        ("$(1A)", "$(1A)"),
        ("$( AB)", "$( AB)"),
        ("$(NONE)x", "x"),
        ("$(DEEP)", ""),
        ("%1 \\1", "%1 \\1"),
    ],
)
def test_substitution_is_luarocks(text: str, expected: str) -> None:
    """Names have two characters or more; there is one pass, and what is left becomes empty."""
    assert Substitution({"AB": "ab", "X": "x", "DEEP": "$(AB)"})(text) == expected


def test_numbers_are_text_and_other_values_are_none() -> None:
    """Only texts and numbers can be assigned to a variable of make."""
    replace = Substitution({"AB": "ab"})
    values: list[LuaValue] = ["$(AB)", 1, 1.5, True, None, {}]
    assert [replace.of(value) for value in values] == ["ab", "1", "1.5", None, None, None]


@given(st.text())
def test_a_quoted_word_is_one_word_for_the_shell(word: str) -> None:
    """Between quotes nothing is special but the quote itself."""
    inner = shell_quoted(word)
    assert inner[0] == inner[-1] == "'"
    assert "'".join(inner[1:-1].split("'\\''")) == word


@given(st.text(alphabet="$()ABx_1 ", max_size=30))
def test_no_variable_is_left(text: str) -> None:
    """After substitution nothing looks like a variable, and again changes nothing."""
    replace = Substitution({"AB": "x"})
    once = replace(text)
    assert "$(AB)" not in once or "$(AB)" not in replace(once)


def test_directories_of_the_rock_cannot_be_set() -> None:
    """PREFIX and those below are where the build installs, whatever is configured."""
    values = values_of(wanted(BUILD, variables={"PREFIX": "/usr", "LUADIR": "/x", "CC": "cc"}))
    assert values["PREFIX"] == "/o"
    below = {name: values[name] for name in ("LUADIR", "LIBDIR", "BINDIR", "CONFDIR", "DOCDIR")}
    assert below == {
        "LUADIR": "/o/lua",
        "LIBDIR": "/o/lib",
        "BINDIR": "/o/bin",
        "CONFDIR": "/o/conf",
        "DOCDIR": "/o/doc",
    }
    assert values["CC"] == "cc"


def test_lua_and_externals_are_variables() -> None:
    """The headers that were found, the interpreter unless configured, and all of externals."""
    values = values_of(wanted(BUILD, externals={"FOO_DIR": "/f"}, variables={"LUA": "/my/lua"}))
    assert values["LUA_INCDIR"] == "/inc"
    assert values["LUA"] == "/my/lua"
    assert values["FOO_DIR"] == "/f"
    assert values_of(wanted(BUILD))["LUA"] == "/usr/bin/lua5.4"


def test_format_3_1_has_more_variables() -> None:
    """They are the Lua version and the rock directories of dependencies."""
    places = {"lpeg": "/t/lpeg/1"}
    old = values_of(wanted(BUILD, rockspec_format="3.0", dependency_dirs=places))
    new = values_of(wanted(BUILD, rockspec_format="3.1", dependency_dirs=places))
    added = {name: new[name] for name in new.keys() - old.keys()}
    assert added == {"LUA_VERSION": "5.4", "LPEG_ROCKDIR": "/t/lpeg/1"}


def test_the_distribution_adds_its_flags() -> None:
    """They follow those of LuaRocks, so that they count."""
    hardening = BuildFlags("-g -O1", "-DX", "-std=c++17", "-Wl,-z,relro")
    values = values_of(wanted(BUILD, settings=Settings(hardening=hardening)))
    assert values["CFLAGS"] == "-O2 -fPIC -DX -g -O1"
    assert values["LIBFLAG"] == "-shared -Wl,-z,relro"


def test_tools_have_luarocks_defaults() -> None:
    """Without a configuration they are those of LuaRocks on Linux."""
    values = values_of(wanted(BUILD))
    tools = {name: values[name] for name in ("AR", "CC", "CMAKE", "LD", "MAKE", "RANLIB")}
    assert tools == {
        "AR": "ar",
        "CC": "gcc",
        "CMAKE": "cmake",
        "LD": "gcc",
        "MAKE": "make",
        "RANLIB": "ranlib",
    }
    assert (values["CFLAGS"], values["LIBFLAG"], values["LDFLAGS"]) == ("-O2 -fPIC", "-shared", "")
    assert (values["LIB_EXTENSION"], values["OBJ_EXTENSION"]) == ("so", "o")


def test_what_is_not_known_of_lua_is_left_to_the_configuration() -> None:
    """Headers that were found count before it, an interpreter only without it."""
    bare = Lua("5.4")
    unknown = values_of(wanted(BUILD, lua=bare))
    assert "LUA" not in unknown
    assert "LUA_INCDIR" not in unknown
    given = {"LUA": "/my/lua", "LUA_INCDIR": "/my/inc"}
    found = values_of(wanted(BUILD, lua=bare, variables=given))
    assert (found["LUA"], found["LUA_INCDIR"]) == ("/my/lua", "/my/inc")
    assert values_of(wanted(BUILD, variables=given))["LUA_INCDIR"] == "/inc"


def test_what_the_search_found_counts_most() -> None:
    """Before the configuration and what is known of Lua."""
    found = {"LUA_INCDIR": "/found", "FOO_DIR": "/found"}
    values = values_of(wanted(BUILD, variables={"FOO_DIR": "/mine"}, externals=found))
    assert (values["LUA_INCDIR"], values["FOO_DIR"]) == ("/found", "/found")


def test_names_without_a_value_are_collected_once() -> None:
    """In the order of their use, over all texts."""
    replace = Substitution({"AB": "$(DEEP)"})
    assert [replace(text) for text in ("$(B1) $(AB)", "$(A1) $(B1)", "x")] == [" ", " ", "x"]
    assert replace.unmatched == ["B1", "DEEP", "A1"]


def test_flags_of_the_distribution_leave_no_gaps() -> None:
    """Where it or the configuration has none."""
    none = {"CFLAGS": "", "LIBFLAG": ""}
    for flags, expected in (
        (BuildFlags(), ("", "")),
        (BuildFlags("-g", "", "", "-z"), ("-g", "-z")),
    ):
        request = wanted(BUILD, variables=none, settings=Settings(hardening=flags))
        values = values_of(request)
        assert (values["CFLAGS"], values["LIBFLAG"]) == expected
