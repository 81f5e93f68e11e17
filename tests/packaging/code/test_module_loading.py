"""Modules that do not load on their own are told from their code."""

from __future__ import annotations

import pytest

from distrorocks.lua.value import LuaTable
from distrorocks.packaging.code.module_loading import (
    LoadNeeds,
    load_needs,
    module_paths,
    needed_by_all,
    unloadable,
)


def needs_of(text: str) -> LoadNeeds:
    """Return what a module needs when it is loaded."""
    return load_needs({"foo": text})["foo"]


@pytest.mark.parametrize(
    ("text", "requires"),
    [
        ("local a = require 'a.b'\nlocal c = require('c')", ("a.b", "c")),
        ("local a = require('a/b')", ("a.b",)),
        ("local a = require 'a.init'", ("a",)),
        ("require('a' .. name)", ()),
        ("local ok, a = pcall(require, 'a')", ()),
        ("local a = b or require 'a'", ()),
        ("local function f() return require 'a' end", ()),
        ("if jit then require 'ffi' end", ()),
        ("-- require 'a'", ()),
        ("local a = '", ()),
    ],
)
def test_modules_required_outside_of_blocks_count(text: str, requires: tuple[str, ...]) -> None:
    """What a branch, a function or pcall requires may be missing."""
    assert needs_of(text).requires == requires


@pytest.mark.parametrize(
    ("text", "for_some"),
    [
        ("if _VERSION < 'Lua 5.3' then require 'a' end", ("a",)),
        ("if _VERSION == 'Lua 5.1' then b() else require('a') end", ("a",)),
        ("if _VERSION == 'Lua 5.1' and jit then require 'a' end", ()),
        ("if _VERSION == 'Lua 5.1' then pcall(require, 'a') end", ()),
        ("if _VERSION == 'Lua 5.1' then local a = b or require 'a' end", ()),
        ("if _VERSION == 'Lua 5.1' then f = function() require 'a' end end", ()),
        ("if x then if _VERSION == 'Lua 5.1' then require 'a' end end", ()),
        ("if _VERSION == 'Lua 5.1' then b() end if x then require 'a' end", ()),
        ("if _VERSION ==" + " 1 .." * 16 + " 'x' then require 'a' end", ()),
    ],
)
def test_what_one_lua_version_requires_is_needed_for_some(
    text: str, for_some: tuple[str, ...]
) -> None:
    """A condition on the version alone decides; what may be missing otherwise does not count."""
    assert needs_of(text) == LoadNeeds(for_some=for_some)


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        ("return require 'a' ('b.c')", ("b.c",)),
        ("return require('a')('b.c', 1)", ("b.c",)),
        ("return require('a') 'b.c'", ("b.c",)),
        ("return require('a').x('b.c')", ()),
        ("return require('a')(b)", ()),
        ("return require('a')('any text!')", ()),
        ("require('a')", ()),
        ("require 'a'", ()),
    ],
)
def test_a_name_given_to_what_a_module_returns_is_passed(
    text: str, passed: tuple[str, ...]
) -> None:
    """Such a module requires the one of that name."""
    assert needs_of(text) == LoadNeeds(("a",), passed=passed)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("local log = ngx.log", "uses the global ngx"),
        ("#!/usr/bin/lua\nlocal name = arg[1]", "is a script, which reads arg"),
        ("os.exit(main())", "is a script, which calls os.exit"),
        ("local log = ngx and ngx.log", ""),
        ("local function f() return ngx.log end", ""),
        ("local ngx = {}\nlocal log = ngx.log", ""),
        ("local arg = {}\nlocal name = arg[1]", ""),
        ("require 'socket'\nlocal tcp = socket.tcp", ""),
        ("local t = { log = string.format('%s', 1) }\nreturn t.log", ""),
    ],
)
def test_globals_of_hosts_and_scripts_are_faults(text: str, fault: str) -> None:
    """A name that the rock may define itself is none."""
    assert needs_of(text).fault == fault


@pytest.mark.parametrize(
    ("text", "is_fault"),
    [
        ("if not ... then os.exit(1) end", True),
        ("for _ in pairs(x) do if y then os.exit() end end", True),
        ("local function f() if y then os.exit() end end", False),
        ("local function f() end if y then os.exit() end", True),
        ("return os.exit", False),
        ("os.exits()", False),
    ],
)
def test_a_module_that_is_a_command_may_end_the_program(text: str, is_fault: bool) -> None:
    """Its file is installed as a command too; of others only a call that is certain counts."""
    found = load_needs({"foo": text}, {"foo"})["foo"].fault
    assert found == ("is a command, which calls os.exit" if is_fault else "")
    assert load_needs({"foo": text})["foo"].fault == ""


def test_a_module_that_is_given_an_unloadable_one_is_unloadable() -> None:
    """The name of a module that is no module of the rock says nothing."""
    needs = {
        "foo": LoadNeeds(("loop",), passed=("foo.ffi",)),
        "bar": LoadNeeds(("loop",), passed=("gone",)),
        "foo.ffi": LoadNeeds(("gone",)),
        "loop": LoadNeeds(),
    }
    found = unloadable(needs, needs, lambda it: "requires gone" if it == "gone" else "")
    assert found == {"foo": "requires foo.ffi", "foo.ffi": "requires gone"}


def test_a_module_that_some_lua_lacks_is_unloadable() -> None:
    """The check tries a module for all Luas or for none."""
    needs = {"foo": LoadNeeds(for_some=("gone",))}
    assert unloadable(needs, needs, lambda _: "requires gone") == {"foo": "requires gone"}


@pytest.mark.parametrize(
    ("needs", "found"),
    [
        ({"a": LoadNeeds(("x",))}, ("x",)),
        ({"a": LoadNeeds(for_some=("x",))}, ("x",)),
        ({"a": LoadNeeds(("x", "y")), "b": LoadNeeds(("y",))}, ("y",)),
        ({"a": LoadNeeds(("b",)), "b": LoadNeeds(("x",))}, ("x",)),
        ({"a": LoadNeeds(("b",)), "b": LoadNeeds(("a", "x"))}, ("x",)),
        ({"a": LoadNeeds(("b",)), "b": LoadNeeds(), "c": LoadNeeds(("x",))}, ()),
        ({"a": LoadNeeds(("z",))}, ()),
        ({}, ()),
    ],
)
def test_what_no_module_loads_without_is_needed_by_all(
    needs: dict[str, LoadNeeds], found: tuple[str, ...]
) -> None:
    """By itself or by way of another module of the rock; only modules that are asked for."""
    assert needed_by_all(needs, ("a", "b", "c"), lambda it: it != "z") == found


def test_a_global_that_another_module_of_the_rock_defines_is_no_fault() -> None:
    """Older rocks share tables by globals."""
    needs = load_needs({"foo": "bar.x = 1", "bar": "bar = {}"})
    assert needs["foo"].fault == ""


def test_modules_that_need_an_unloadable_one_are_unloadable() -> None:
    """Each has its reason; what the rock itself has is not missing."""
    needs = {
        "a": LoadNeeds(("b",)),
        "b": LoadNeeds(("gone",)),
        "c": LoadNeeds(("d",)),
        "d": LoadNeeds(("there",)),
        "odd name": LoadNeeds(fault="uses the global ngx"),
    }

    def lack(module: str) -> str:
        return "requires gone" if module == "gone" else ""

    found = unloadable(needs, needs, lack)
    assert found == {"a": "requires b", "b": "requires gone"}


def test_modules_that_require_each_other_are_loadable() -> None:
    """A circle alone is no evidence."""
    needs = {"a": LoadNeeds(("b",)), "b": LoadNeeds(("a",))}
    assert unloadable(needs, needs, lambda _: "gone") == {}


def test_the_file_of_a_module_is_the_rockspecs_or_the_first_that_fits() -> None:
    """Files below src, lua and lib come before others."""
    build: LuaTable = {"modules": {"foo": "./x.lua", "foo.core": "core.c"}}
    files = ("x.lua", "bar.lua", "src/bar.lua", "lib/baz/init.lua")
    assert module_paths(build, ("foo", "foo.core", "bar", "baz"), files) == {
        "foo": "x.lua",
        "bar": "src/bar.lua",
        "baz": "lib/baz/init.lua",
    }


@pytest.mark.parametrize("kind", ["make", "cmake", "command"])
def test_modules_of_upstreams_build_are_named_by_their_places(kind: str) -> None:
    """Below the first usual folder for code; tests and what is above the sources are none."""
    files = (
        *("src/foo.lua", "a/lib/foo/init.lua", "a/lib/foo/lua/x.lua", "top.lua", "src/x.c"),
        *("tests/t.lua", "../above.lua"),
    )
    assert module_paths({"type": kind}, (), files) == {
        "top": "top.lua",
        "foo": "src/foo.lua",
        "foo.lua.x": "a/lib/foo/lua/x.lua",
    }
    assert module_paths({"type": kind}, ("foo",), files) == {"foo": "src/foo.lua"}
    assert module_paths({"type": "builtin"}, (), files) == {}
