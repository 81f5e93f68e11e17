"""Lua versions that Lua code is not for."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.lua_evidence import unfit_for_lua

VERSIONS = ("5.1", "5.2", "5.3", "5.4")


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
