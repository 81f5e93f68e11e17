"""Wrappers are those of LuaRocks, with the directories that a tree really has."""

from __future__ import annotations

import pytest

from distrorocks.install.deploy.wrapper import WrapperSettings, wrapper, wraps
from distrorocks.trees.layout import tree_layout


def test_a_wrapper_is_that_of_luarocks() -> None:
    """The text was written by LuaRocks 3.8 for this rock and tree."""
    settings = WrapperSettings("/usr/bin/lua5.4", trees=(tree_layout("/t", "5.4"),))
    assert wrapper(settings, ("a", "1.0-1"), "/t/lib/luarocks/rocks-5.4/a/1.0-1/bin/tool") == (
        "#!/bin/sh\n\nLUAROCKS_SYSCONFDIR='/etc/luarocks' exec '/usr/bin/lua5.4' -e "
        """'package.path="/t/share/lua/5.4/?.lua;/t/share/lua/5.4/?/init.lua;"..package.path;"""
        'package.cpath="/t/lib/lua/5.4/?.so;"..package.cpath;local k,l,_=pcall(require,'
        '"luarocks.loader") _=k and l.add_context("a","1.0-1")\' '
        "'/t/lib/luarocks/rocks-5.4/a/1.0-1/bin/tool' \"$@\"\n"
    )


def test_a_trees_own_directories_count() -> None:
    """``lua_dir`` and ``lib_dir`` of each tree, in their order."""
    one = tree_layout("/one", "5.4", lua_dir="/one/lua", lib_dir="/one/lib64/lua")
    settings = WrapperSettings("/usr/bin/lua5.4", trees=(one, tree_layout("/two", "5.4")))
    text = wrapper(settings, ("a", "1.0-1"), "/one/bin/x")
    assert '"/one/lua/?.lua;/one/lua/?/init.lua;/two/share/lua/5.4/?.lua;' in text
    assert '"/one/lib64/lua/?.so;/two/lib/lua/5.4/?.so;"' in text


def test_quotes_are_kept() -> None:
    """Of the shell and of Lua."""
    settings = WrapperSettings("/it's/lua", trees=(tree_layout('/a"b\\c', "5.4"),))
    text = wrapper(settings, ("a", "1.0-1"), "/it's/x")
    assert "exec '/it'\\''s/lua'" in text
    assert 'package.path="/a\\"b\\\\c/share/lua/5.4/?.lua;' in text
    settings = WrapperSettings("/lua", trees=(tree_layout("/a\r\nb", "5.4"),))
    assert '"/a\\r\\\nb/share/lua/5.4/?.lua;' in wrapper(settings, ("a", "1.0-1"), "/x")


@pytest.mark.parametrize(
    ("configured", "rockspec", "is_lua", "expected"),
    [
        (None, True, True, True),
        (None, False, True, False),
        (True, False, True, True),
        (False, True, True, False),
        (True, True, False, False),
    ],
)
def test_who_decides_on_a_wrapper(
    configured: bool | None, rockspec: bool, is_lua: bool, expected: bool
) -> None:
    """The configuration before the rockspec, and only Lua is wrapped."""
    settings = WrapperSettings("/usr/bin/lua5.4", is_wrapped=configured)
    assert wraps(settings, wraps_scripts=rockspec, is_lua=is_lua) == expected
