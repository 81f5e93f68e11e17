"""What the tokens of a Lua file are: its start, calls that name a module, and how deep each is."""

from __future__ import annotations

import pytest

from distrorocks.packaging.code.lua_tokens import (
    after_call,
    condition_at,
    depths_of,
    required_at,
    tokens_of,
)


def test_what_is_not_lua_has_no_tokens() -> None:
    """So nothing is told of it."""
    assert tokens_of("'") == []


def test_blocks_deeper_than_lua_compiles_are_not_lua() -> None:
    """Lua ends at 200 blocks inside each other, whatever follows; others side by side are none."""
    for opening, closing in (("do", "end"), ("repeat", "until x")):
        assert tokens_of(f"{opening} " * 200 + f"{closing} " * 200)
        assert tokens_of(f"{opening} " * 201 + f"{closing} " * 201) == []
        assert tokens_of(f"{opening} {closing} " * 300)


def test_a_required_module_is_named_by_dots() -> None:
    """Lua finds a/b and a.b.init where a.b is; a name that is computed is none."""
    assert required_at(tokens_of("require 'a/b'"), 0) == "a.b"
    assert required_at(tokens_of("require('a.b.init')"), 0) == "a.b"
    assert required_at(tokens_of("require('a' .. b)"), 0) == ""
    assert required_at(tokens_of('require "a-b+c.d"'), 0) == "a-b+c.d"
    for text in ("require(a)", "require ''", "require '.a'", "require 'a b'", "require 'a.'"):
        assert required_at(tokens_of(text), 0) == ""


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("if a == b then c end", ["a", "==", "b"]),
        ("if a then if b then c end end", ["a"]),
        (f"if a{' + a' * 11} then c end", ["a", *["+", "a"] * 11]),
        (f"if not a{' + a' * 11} then c end", ["not", "a", *["+", "a"] * 11]),
        (f"if a{' + a' * 12} then c end", []),
        ("if a", []),
    ],
)
def test_a_condition_ends_before_then(text: str, condition: list[str]) -> None:
    """It has 24 tokens at most: longer ones are not looked at."""
    assert condition_at(tokens_of(text), 0) == condition


@pytest.mark.parametrize(
    ("text", "depths"),
    [
        ("a if b then c end d", [0, 1, 1, 1, 1, 0, 0]),
        ("do a end", [0, 0, 0]),
        ("while a do b end", [0, 0, 1, 1, 0]),
        ("for a in b do do c end end", [0, 0, 0, 0, 1, 1, 1, 1, 0]),
        ("repeat a until b", [1, 1, 0, 0]),
        ("end a", [0, 0]),
        ("do end while a do end do b", [0, 0, 0, 0, 1, 0, 0, 0]),
        ("function a() if b then end end", [1, 1, 1, 1, 2, 2, 2, 1, 0]),
    ],
)
def test_a_token_is_as_deep_as_the_blocks_that_may_not_be_run(text: str, depths: list[int]) -> None:
    """A block of ``do`` alone is run where it stands, and the end of a block is outside of it."""
    assert depths_of(text.replace("()", " ( )").split()) == depths


@pytest.mark.parametrize(
    ("text", "after"),
    [("require 'a' b", "b"), ("require('a').b", "."), ("require('a')", ""), ("require 'a'", "")],
)
def test_what_stands_after_a_call_is_found(text: str, after: str) -> None:
    """With parentheses or without; behind the last token there is an empty one."""
    words = tokens_of(text)
    assert words[after_call(words, 0)] == after


def test_what_lua_skips_at_the_start_is_no_token() -> None:
    """A byte order mark, and a first line with a number sign."""
    assert tokens_of("\ufeffx")[0] == "x"
    assert tokens_of("#!/usr/bin/lua\nx")[0] == "x"
