"""Lua versions that a rock's code rules out, and the evidence in Lua code."""

from __future__ import annotations

import pytest

from distrorocks.lua.read import parse
from distrorocks.packaging.code.lua_api import read_lua_api
from distrorocks.packaging.code.lua_tokens import tokens_of
from distrorocks.packaging.code.lua_versions import (
    evidence_against,
    unfit_for_lua,
    unfit_for_module,
    unfit_versions,
)
from distrorocks.packaging.source.facts import Sources, facts_of
from distrorocks.rocks.rockspec import Rockspec
from tests.packaging.scaffolding import plan_of

API = read_lua_api()
SPEC = """package = "foo"
version = "1-1"
source = { url = "https://example.org/foo-1.tar.gz" }
dependencies = { "lua >= 5.2" }
build = { type = "builtin", modules = { foo = "foo.lua", ["foo.core"] = { "core.c" } } }
"""

VERSIONS = ("5.1", "5.2", "5.3", "5.4")


def rockspec(text: str = SPEC) -> Rockspec:
    """Return a rock of one module in Lua and one in C."""
    return Rockspec.from_chunk(parse(text.encode()))


def test_lua_and_c_are_both_read() -> None:
    """Versions that either language rules out are ruled out; other files are not read."""
    texts = {"foo.lua": "x = 1 // 2", "core.c": "luaL_checkint(L, 1);", "more.lua": "module('x')"}
    assert (
        unfit_versions(rockspec(), texts, API, is_compiled=True) == {}
    )  # no version is left: not to be trusted
    texts["foo.lua"] = "goto a ::a::"
    found = unfit_versions(rockspec(), texts, API, is_compiled=True)
    assert found == {
        "5.1": "foo.lua uses ::, which Lua 5.1 lacks",
        "5.3": "core.c:1 uses luaL_checkint, which Lua 5.3 lacks",
        "5.4": "core.c:1 uses luaL_checkint, which Lua 5.4 lacks",
        "5.5": "core.c:1 uses luaL_checkint, which Lua 5.5 lacks",
    }


def test_without_named_modules_all_files_but_tests_are_read() -> None:
    """If the rockspec names no existing file, all but tests and examples are read."""
    bare = rockspec(SPEC.partition("build")[0] + 'build = { type = "make" }\n')
    assert unfit_versions(bare, {"spec/a.lua": "module('a')"}, API, is_compiled=True) == {}
    assert list(unfit_versions(bare, {"src/a.lua": "module('a')"}, API, is_compiled=True)) == [
        "5.3",
        "5.4",
        "5.5",
    ]


def test_samples_in_c_rule_no_version_out() -> None:
    """A rock without compiled code supports every version, whatever C files it contains."""
    bare = rockspec(SPEC.partition("build")[0] + 'build = { type = "builtin", modules = {} }\n')
    texts = {"play/a.c": "luaL_reg r;"}
    assert unfit_versions(bare, texts, API, is_compiled=False) == {}
    assert list(unfit_versions(bare, texts, API, is_compiled=None)) == ["5.2", "5.3", "5.4", "5.5"]


def test_the_plan_omits_unsupported_versions() -> None:
    """The package is for the versions that rockspec, distribution and code all allow."""
    texts = {"foo.lua": "return 1", "core.c": "luaL_checkint(L, 1);"}
    sources = Sources(files=tuple(texts), texts=texts)
    facts = facts_of(rockspec(), sources, API)
    field = plan_of(facts).fields["lua_versions"]
    assert field.value == ("5.2",)
    assert "core.c:1 uses luaL_checkint, which Lua 5.4 lacks" in field.source
    assert field.gap == ""


def test_newer_versions_count_as_the_newest_examined() -> None:
    """Functions that Lua 5.5 lacks are not in later versions either."""
    unfit = {"5.3": "a", "5.5": "b"}
    versions = ("5.2", "5.3", "5.5", "5.6")
    assert [evidence_against(it, unfit) for it in versions] == ["", "a", "b", "b"]


def test_code_for_no_lua_of_the_distribution_is_a_gap() -> None:
    """The rockspec's versions stand in the plan, and a warning says what speaks against them."""
    texts = {"foo.lua": "return 1", "core.c": "luaL_checkint(L, 1);"}
    facts = facts_of(rockspec(), Sources(files=tuple(texts), texts=texts), API)
    field = plan_of(facts, "fedora").fields["lua_versions"]
    assert field.value == ("5.4",)
    assert "core.c:1 uses luaL_checkint, which Lua 5.4 lacks" in field.gap


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("return 1", []),
        ("goto done ::done::", ["5.1"]),
        ("return 7 // 2", ["5.1", "5.2"]),
        ("return a & b, c >> 1", ["5.1", "5.2"]),
        ("local x <const> = 1", ["5.1", "5.2", "5.3"]),
        ("local a, f <close> = 1, g", ["5.1", "5.2", "5.3"]),
        ("return a <const and const> b", []),
        ("module(..., package.seeall)", ["5.3", "5.4"]),
        ("local a = 1 module 'x'", ["5.3", "5.4"]),
        ("setfenv(1, {})", ["5.2", "5.3", "5.4"]),
        ("if module then module('x') end", []),
        ("local module = f module('x')", []),
        ("x.module('x') x:module('y')", []),
        ("local function f() setfenv(1, {}) end", []),
        ("local ok = setfenv and setfenv(1, {})", []),
        ("if setfenv then setfenv(1, {}) else _ENV = {} end", []),
        ("local setfenv = setfenv or function() end setfenv(1, {})", []),
        ("if not setfenv then setfenv = f end setfenv(1, {})", []),
        ("local function f() module('x') end", []),
        ("if _VERSION == 'Lua 5.1' then setfenv(1, {}) end", []),
        ("if _VERSION == 'Lua 5.2' then _ENV = {} else module('x') end", ["5.3", "5.4"]),
        ("if (_VERSION == 'Lua 5.3') then _ENV = {} else module('x') end", ["5.4"]),
        ("if _VERSION >= 'Lua 5.2' then _ENV = {} else module('x') end", []),
        ("if _VERSION ~= 'Lua 5.1' then setfenv(1, {}) end", ["5.2", "5.3", "5.4"]),
        ("if _VERSION == 'Lua 5.1' or _VERSION == '5' then else module('y') end", ["5.3", "5.4"]),
        ("if _VERSION == 'Lua 5.1' then elseif x then else module('y') end", []),
        ("if x then elseif _VERSION > 'Lua 5.1' then module('x') end", []),
        (
            "if _VERSION < 'Lua 5.3' then a() elseif _VERSION < 'Lua 5.4' then module('y') end",
            ["5.3"],
        ),
        ("if _VERSION < 'Lua 5.5' then if x then module('x') end end", []),
        ("if _VERSION < 'Lua 5.5' then f = function() module('x') end end", []),
        ("if _VERSION:find('5.1') then f() else module('x') end", []),
        ("if _VERSION == lua51 then f() else module('x') end", []),
        ("if x", []),
        ("-- a // b\nreturn 'module(1)'", []),
        ("#!/usr/bin/lua\nmodule('x')", ["5.3", "5.4"]),
        ("\ufeffmodule('x')", ["5.3", "5.4"]),
        ("repeat local f = function() end until module 'x'", ["5.3", "5.4"]),
        ("return 'never closed", []),
        ("end end end module('x')", []),
        ("", []),
        (r"return 'a\%b'", ["5.2", "5.3", "5.4"]),
        (r"return 'a\n\\%b\065\'', [[\%]]", []),
        ("x.goto = 1", ["5.2", "5.3", "5.4"]),
        ("local goto = 1", ["5.2", "5.3", "5.4"]),
    ],
)
def test_syntax_and_calls_rule_versions_out(text: str, versions: list[str]) -> None:
    """New syntax rules older versions out; a call of a removed function newer ones."""
    assert sorted(unfit_for_lua({"a.lua": text}, VERSIONS)) == versions


@pytest.mark.parametrize(
    ("text", "is_evidence"),
    [
        ("module 'x' function a() end function b(c, d) end", False),
        ("module 'x' function a() end x.a = function(...) end", False),
        ("module 'x' function a() end", True),
        ("module 'x'", True),
        ("module 'x' function a() end function b() return 1 end", True),
        ("module 'x' function a", True),
        ("module 'x' function", True),
    ],
)
def test_functions_that_do_nothing_are_documentation(text: str, is_evidence: bool) -> None:
    """What such a file calls rules no version out for the rock; the file itself is not loaded."""
    assert bool(unfit_for_lua({"a.lua": text}, VERSIONS)) == is_evidence
    assert set(unfit_for_module(tokens_of(text))) == {"5.3", "5.4", "5.5"}


def test_the_evidence_names_file_and_token() -> None:
    """The evidence has the file, the first of several, and the token."""
    texts = {"b.lua": "module('b')", "a.lua": "x = 1 // 2"}
    assert unfit_for_lua(texts, ("5.1", "5.4")) == {
        "5.1": "a.lua uses //, which Lua 5.1 lacks",
        "5.4": "b.lua uses module(), which Lua 5.4 lacks",
    }


def test_a_file_named_after_a_version_is_no_evidence() -> None:
    """The code selects such a file at run time."""
    assert unfit_for_lua({"compat/int53.lua": "return 1 // 2"}, VERSIONS) == {}


@pytest.mark.parametrize(("kind", "unfit"), [("builtin", {"5.1", "5.2"}), ("none", set())])
def test_what_is_copied_from_a_directory_lua_counts(kind: str, unfit: set[str]) -> None:
    """It is installed as modules, though the rockspec does not name it."""
    text = (
        'package = "foo" version = "1.0-1" source = { url = "x" } '
        f'build = {{ type = "{kind}", install = {{ lua = {{ foo = "foo.lua" }} }} }}'
    )
    texts = {"foo.lua": "return 1", "lua/bar.lua": "return 1 << 2", "doc/x.lua": "goto = 1"}
    spec = Rockspec.from_chunk(parse(text.encode()))
    assert unfit_versions(spec, texts, API, is_compiled=False).keys() == unfit


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("local getenv = getfenv\nlocal env = getenv()", {"5.2", "5.3", "5.4"}),
        ("local a, env = print, getfenv\nlocal e = env()", {"5.2", "5.3", "5.4"}),
        ("local getfenv = getfenv\nlocal e = getfenv()", {"5.2", "5.3", "5.4"}),
        ("local getenv = getfenv or function() end\nlocal env = getenv()", set()),
        ("local getenv = getfenv\nfunction f() getenv() end", set()),
        ("local e\nx = getfenv\ne()", set()),
    ],
)
def test_a_removed_function_counts_under_another_name(text: str, versions: set[str]) -> None:
    """Older rocks take globals into local variables first."""
    assert set(unfit_for_lua({"foo.lua": text}, VERSIONS)) == versions


def test_files_for_one_version_rule_out_none_and_files_behind_them_do() -> None:
    """They are chosen at run time, by their names."""
    for name in ("a5.4.lua", "a51.lua", "a/5_3/b.lua"):
        newer = "x = 1 // 2"
        assert unfit_for_lua({name: newer}, ("5.1", "5.4")) == {}
        found = unfit_for_lua({name: newer, "b.lua": newer}, ("5.1", "5.4"))
        assert list(found) == ["5.1"]
        assert found["5.1"].startswith("b.lua uses //")


@pytest.mark.parametrize(
    "text",
    [
        *("y = x.goto", "x:goto 'a'", "function goto.x() end", "local goto"),
        *("goto(1)", "goto = 1", "goto, x = 1, 2"),
    ],
)
def test_goto_is_a_name_in_lua_5_1_alone(text: str) -> None:
    """What stands before it or behind it shows that it is one."""
    assert sorted(unfit_for_lua({"a.lua": text}, VERSIONS)) == [
        "5.2",
        "5.3",
        "5.4",
    ]
    assert list(unfit_for_lua({"a.lua": "goto a ::a::"}, VERSIONS)) == ["5.1"]


def test_lua_5_5_lets_nobody_assign_to_the_variable_of_a_loop() -> None:
    """Older versions do."""
    text = "for i = 1, 9 do i = i + 1 end"
    why = "a.lua uses an assignment to the loop variable i, which Lua 5.5 lacks"
    assert unfit_for_lua({"a.lua": text}, ("5.1", "5.4", "5.5")) == {"5.5": why}


def test_the_c_api_of_lua_5_5_is_known() -> None:
    """As its headers have it: the functions that set a collector's numbers are gone."""
    texts = {"core.c": "lua_gc(L, LUA_GCSETPAUSE, 100);", "foo.lua": ""}
    assert list(unfit_versions(rockspec(), texts, API, is_compiled=True)) == ["5.5"]
