"""Modules that do not load on their own are told from their code."""

from __future__ import annotations

import pytest

from distrorocks.lua.value import LuaTable
from distrorocks.packaging.code.module_loading import (
    LoadNeeds,
    load_needs,
    module_paths,
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
