"""Lua's search path is what the variables, the built-in path and `luarocks path` make of it."""

from __future__ import annotations

import pytest

from distrorocks.trees.layout import tree_layout
from distrorocks.trees.search_path import (
    SearchPath,
    exported,
    start_path,
    variable,
    with_trees,
)

BUILT_IN = SearchPath("/l/lua/5.4/?.lua;./?.lua", "/l/lua/5.4/?.so")
USER, LOCAL = tree_layout("/home/me", "5.4"), tree_layout("/l2", "5.4")


@pytest.mark.parametrize(
    ("environment", "lua_version", "expected"),
    [
        ({}, "5.4", BUILT_IN.lua),
        ({"LUA_PATH": "/x/?.lua"}, "5.4", "/x/?.lua"),
        ({"LUA_PATH": "/x/?.lua;;"}, "5.4", f"/x/?.lua;{BUILT_IN.lua};"),
        ({"LUA_PATH": "/x/?.lua", "LUA_PATH_5_4": "/y/?.lua"}, "5.4", "/y/?.lua"),
        ({"LUA_PATH": "/x/?.lua", "LUA_PATH_5_3": "/y/?.lua"}, "5.4", "/x/?.lua"),
        ({"LUA_PATH_5_1": "/y/?.lua"}, "5.1", BUILT_IN.lua),
        ({"LUA_PATH": ""}, "5.4", ""),
    ],
)
def test_a_variable_replaces_the_built_in_path(
    environment: dict[str, str], lua_version: str, expected: str
) -> None:
    """That of the version first, from 5.2 on; two semicolons stand for the built-in path."""
    found = start_path(BUILT_IN, lua_version, environment)
    assert (found.lua, found.c) == (expected, BUILT_IN.c)


def test_the_variable_that_counts_is_the_versions_own_if_it_is_set() -> None:
    """Lua 5.1 knows only the one without a version."""
    assert variable("LUA_PATH", "5.4", {"LUA_PATH_5_4": ""}) == "LUA_PATH_5_4"
    assert variable("LUA_PATH", "5.4", {}) == "LUA_PATH"
    assert variable("LUA_PATH", "5.1", {"LUA_PATH_5_1": ""}) == "LUA_PATH"


def test_trees_come_after_the_standard_directories() -> None:
    """In a program that runs LuaRocks, and in what `luarocks path` exports."""
    tail = "/home/me/share/lua/5.4/?.lua;/home/me/share/lua/5.4/?/init.lua"
    assert with_trees(BUILT_IN, [USER], "5.4").lua == f"{BUILT_IN.lua};{tail}"
    assert exported(BUILT_IN, [USER], "5.4").lua == f"{BUILT_IN.lua};{tail}"
    assert exported(BUILT_IN, [USER, LOCAL], "5.4").c == (
        "/l/lua/5.4/?.so;/home/me/lib/lua/5.4/?.so;/l2/lib/lua/5.4/?.so"
    )


def test_luarocks_writes_its_lua_version_into_the_path() -> None:
    """`luarocks --lua-version=5.4 path` run by Lua 5.1 keeps the order of Lua 5.1."""
    of_51 = SearchPath("./?.lua;/l//lua/5.1/?.lua", "/l/lua/5.1/?.so")
    found = exported(of_51, [tree_layout("/t", "5.4")], "5.4")
    assert found.lua.startswith("./?.lua;/l/lua/5.4/?.lua;/t/")
    assert found.c == "/l/lua/5.4/?.so;/t/lib/lua/5.4/?.so"


def test_relative_templates_need_a_working_directory() -> None:
    """Without one they are left out; equal ones are tried once."""
    path = SearchPath("./?.lua;/a/?.lua;;/a/?.lua", "b/?.so")
    assert path.templates() == ("/a/?.lua",)
    assert path.templates("/w") == ("/w/?.lua", "/a/?.lua", "/w/b/?.so")


def test_a_relative_template_counts_only_below_a_directory() -> None:
    """Where none is named, nobody knows where Lua will run."""
    path = SearchPath("./?.lua;/l/?.lua;lib/?.lua", "./?.so;/l/?.so")
    assert path.templates() == ("/l/?.lua", "/l/?.so")
    assert path.c_templates() == ("/l/?.so",)
    assert path.templates("/d") == (
        *("/d/?.lua", "/l/?.lua", "/d/lib/?.lua"),
        *("/d/?.so", "/l/?.so"),
    )


def test_the_chosen_tree_comes_first_or_with_append_behind_what_is_there() -> None:
    """A tree that the configuration does not list, as with `luarocks --tree=/l2 path`."""
    paths = "/l2/share/lua/5.4/?.lua;/l2/share/lua/5.4/?/init.lua"
    own = exported(BUILT_IN, [USER], "5.4").lua
    assert exported(BUILT_IN, [USER], "5.4", chosen=LOCAL).lua == f"{paths};{own}"
    appended = exported(BUILT_IN, [USER], "5.4", chosen=LOCAL, is_appended=True)
    assert appended.lua == f"{own};{paths}"
