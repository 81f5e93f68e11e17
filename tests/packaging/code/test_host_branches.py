"""In plain Lua the branches for OpenResty are decided."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.host_branches import in_plain_lua
from distrorocks.packaging.code.lua_file import read_file
from distrorocks.packaging.code.lua_tokens import tokens_of


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("if ngx then a() else b() end c()", "do b() end c()"),
        ("if ngx then a() end c()", "do end c()"),
        ("if not ngx then a() end", "do a() end"),
        ("if not ngx then a() else b() end", "do a() end"),
        ("if not ngx then a() elseif x then b() end", "do a() end"),
        ("if ngx then if x then a() else b() end else c() end", "do c() end"),
        ("if ngx then a() elseif x then b() else c() end", "if x then b() else c() end"),
        ("local ngx = ngx if ngx then a() else b() end", "local ngx = ngx do b() end"),
        (
            "if x then if ngx then a() else if not ngx then b() end end end",
            "if x then do do b() end end end",
        ),
        ("if ngx and x then a() end", "if ngx and x then a() end"),
        ("if x then a() else b() end", "if x then a() else b() end"),
        ("local ngx = ngx or {} if ngx then a() end", "local ngx = ngx or {} if ngx then a() end"),
        ("ngx = {} if ngx then a() end", "ngx = {} if ngx then a() end"),
        ("local ngx if ngx then a() end", "local ngx if ngx then a() end"),
        ("if ngx then a()", "if ngx then a()"),
    ],
)
def test_what_is_never_run_is_left_out(text: str, left: str) -> None:
    """What always is stands in a block of its own; where the name may have a value, nothing is."""
    assert in_plain_lua(tokens_of(text)) == tokens_of(left)


def test_a_module_needs_what_it_requires_in_plain_lua() -> None:
    """An else for ngx is run as soon as the file is loaded."""
    text = "if ngx then local s = ngx.socket else local s = require 'socket' end"
    assert read_file(text).needs.requires == ("socket",)


def test_branches_in_each_other_are_read_in_linear_time() -> None:
    """Hostile files have two hundred of them."""
    text = "if not ngx then " * 150 + "end " * 150
    assert in_plain_lua(tokens_of(text)).count("do") == 150
