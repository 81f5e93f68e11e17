"""Code for LuaJIT is told from what it asks for, and is for the modules of Lua 5.1."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.lua_tokens import tokens_of
from distrorocks.packaging.code.lua_versions import unfit_for_lua
from distrorocks.packaging.code.luajit import luajit_word
from distrorocks.packaging.code.module_loading import load_needs
from distrorocks.packaging.code.unloadable import for_luajit

GOTO = "for i = 1, 3 do goto continue ::continue:: end\n"
VERSIONS = ("5.1", "5.2", "5.3", "5.4")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("local ffi = require 'ffi'", "ffi"),
        ("local f = require('jit').version", "jit"),
        ("function f() ngx.say(1) end", "ngx"),
        ("local ngx = ngx function f() ngx.say(1) end", "ngx"),
        ("local ok, ffi = pcall(require, 'ffi')", ""),
        ("if jit then ffi = require 'ffi' end", ""),
        ("if ngx then ngx.say(1) end", ""),
        ("local t = ngx and ngx.now() or os.time()", ""),
        ("if type(ngx) == 'table' then ngx.say(1) end", ""),
        ("x.ngx.say(1)", ""),
        ("local ffi = require 'foo.ffi'", ""),
    ],
)
def test_a_file_is_for_luajit_where_it_cannot_do_without(text: str, word: str) -> None:
    """What it asks for in pcall, or in a branch, it may do without."""
    assert luajit_word(tokens_of(text)) == word


@pytest.mark.parametrize("other", ["local ffi = require 'ffi'", "function f() ngx.say() end"])
def test_syntax_that_luajit_has_beside_its_modules_means_luajit(other: str) -> None:
    """So the code is for Lua 5.1's tree and never for all others, in one file or in two."""
    luajit = {"5.2", "5.3", "5.4"}
    assert unfit_for_lua({"a.lua": GOTO + other}, VERSIONS).keys() == luajit
    found = unfit_for_lua({"a.lua": GOTO, "b.lua": other}, VERSIONS)
    assert found.keys() == luajit
    assert "b.lua uses" in found["5.2"]
    assert unfit_for_lua({"a.lua": GOTO}, VERSIONS).keys() == {"5.1"}
    assert unfit_for_lua({"b.lua": other}, VERSIONS) == {}


@pytest.mark.parametrize(
    ("texts", "is_for_luajit"),
    [
        ({"foo": "require 'ffi'"}, True),
        ({"foo": "require 'foo.a'", "foo.a": "require 'ffi'"}, True),
        ({"foo": "local say = ngx.say"}, True),
        ({"foo": "local x = 1ULL"}, True),
        ({"foo": "pcall(require, 'ffi')"}, False),
        ({"foo": "pcall(require, 'foo.a')", "foo.a": "require 'ffi'"}, False),
        ({"a": "require 'ffi'", "b": "require 'ffi'"}, True),
        ({"a": "require 'ffi'", "b": ""}, False),
        ({"foo": "require 'ffi'", "ffi": ""}, False),
        ({}, False),
    ],
)
def test_a_rock_is_for_luajit_if_its_main_module_is(
    texts: dict[str, str], *, is_for_luajit: bool
) -> None:
    """Or all of its modules, where none is named as the rock."""
    main = "foo" if "foo" in texts else ""
    why = for_luajit(main, texts, load_needs(texts))
    assert why.endswith(": LuaJIT loads the modules of Lua 5.1") is is_for_luajit
