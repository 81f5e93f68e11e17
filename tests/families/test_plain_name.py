"""Packages of one rock for each Lua."""

from __future__ import annotations

import pytest

from distrorocks.families.name_entry import plain_name


@pytest.mark.parametrize(
    ("package", "plain"),
    [
        ("lua5.4-socket", "lua-socket"),
        ("lua54-socket", "lua-socket"),
        ("lua51-lua5.1-x", "lua-lua5.1-x"),
        ("lua-socket", "lua-socket"),
        ("lua54-", "lua54-"),
        ("liblua5.4-dev", "liblua5.4-dev"),
    ],
)
def test_the_lua_is_no_part_of_the_plain_name(package: str, plain: str) -> None:
    """Both spellings of a Lua's version are known; other names stay as they are."""
    assert plain_name(package) == plain
