"""The test suite of a project is found and run by LuaRocks' rules."""

from __future__ import annotations

import pytest

from distrorocks.errors import UsageError
from distrorocks.install.suite import (
    NoSuiteError,
    Suite,
    command_of,
    dependencies_of,
    environment_of,
    is_lua_script,
    suite_of,
)
from distrorocks.lua.read import parse
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.trees.layout import tree_layout

USUAL = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def rockspec(more: str = "") -> Rockspec:
    """Return a rockspec of format 3.0 with further fields."""
    text = (
        'rockspec_format = "3.0" package = "demo" version = "1.0-1" source = { url = "x" } '
        f"build = {{}} {more}"
    )
    return Rockspec.from_chunk(parse(text.encode()))


@pytest.mark.parametrize(
    ("test", "names", "suite"),
    [
        ("", [".busted", "test.lua"], Suite("busted")),
        ("", ["test.lua"], Suite("command", "test.lua")),
        ('test = { type = "command" }', [".busted"], Suite("command", "test.lua")),
        ('test = { type = "busted", flags = { "-v", 1 } }', [], Suite("busted", flags=("-v",))),
        (
            'test = { type = "busted", busted_executable = "b" }',
            [],
            Suite("busted", executable="b"),
        ),
        ('test = { command = "make test" }', [".busted"], Suite("command", command="make test")),
        ('test = { script = "t.lua", command = "x" }', [], Suite("command", "t.lua")),
        ('test = { script = "t.lua" }', [".busted"], Suite("command", "t.lua")),
        (
            'test = { platforms = { unix = { type = "command" } } }',
            [".busted"],
            Suite("command", "test.lua"),
        ),
    ],
)
def test_the_suite(test: str, names: list[str], suite: Suite) -> None:
    """The rockspec says it, or else the files do."""
    assert suite_of(rockspec(test), kind="", names=names) == suite


def test_the_type_that_the_user_names_goes_first() -> None:
    """One that nobody knows is wrong usage."""
    spec = rockspec('test = { type = "busted", script = "t.lua" }')
    assert suite_of(spec, kind="command", names=()) == Suite("command", "t.lua")
    with pytest.raises(UsageError, match="the test type 'lust' is not known"):
        suite_of(rockspec('test = { type = "lust" }'), kind="", names=())


def test_no_suite() -> None:
    """Without a type, a script or a file there is none."""
    with pytest.raises(NoSuiteError, match=r"demo 1\.0-1 has no test suite"):
        suite_of(rockspec("test = {}"), kind="", names=())


def test_what_a_suite_needs() -> None:
    """All that the rockspec names, and busted unless another program runs the suite."""
    spec = rockspec(
        'dependencies = { "lua >= 5.1", "a" } build_dependencies = { "a", "c" } '
        'test_dependencies = { "b > 1" }'
    )
    needed = dependencies_of(spec, Suite("busted"))
    assert [str(each) for each in needed] == ["lua >= 5.1", "a", "c", "b > 1", "busted"]
    for suite in (Suite("busted", executable="x"), Suite("command", "t.lua")):
        assert dependencies_of(spec, suite) == needed[:-1]
    own = rockspec('dependencies = { "a" } test_dependencies = { "busted >= 2" }')
    assert [str(each) for each in dependencies_of(own, Suite("busted"))] == ["a", "busted >= 2"]


@pytest.mark.parametrize(
    ("suite", "words"),
    [
        (Suite("busted", flags=("-v",)), ("busted", "-v", "it's")),
        (Suite("busted", executable="./b"), ("./b", "it's")),
        (Suite("command", "t.lua", flags=("-v",)), ("/bin/lua", "t.lua", "-v", "it's")),
        (Suite("command", command="make V=1"), ("/bin/sh", "-c", "make V=1 'it'\\''s'")),
    ],
)
def test_the_command(suite: Suite, words: tuple[str, ...]) -> None:
    """Flags of the rockspec come before the user's arguments; a shell sees those as they are."""
    assert command_of(suite, ["it's"], lua="/bin/lua") == words


def test_the_environment() -> None:
    """The trees come first, in the variable that the interpreter reads; the rest is the user's."""
    layouts = [tree_layout("/a", "5.4"), tree_layout("/b", "5.4")]
    found = environment_of(layouts, "5.4", {"LUA_PATH_5_4": "./?.lua", "X": "1", "PATH": "/p"})
    trees = "/a/share/lua/5.4/?.lua;/a/share/lua/5.4/?/init.lua;"
    trees += "/b/share/lua/5.4/?.lua;/b/share/lua/5.4/?/init.lua"
    assert found == {
        "LUA_PATH_5_4": f"{trees};./?.lua",
        "LUA_CPATH": "/a/lib/lua/5.4/?.so;/b/lib/lua/5.4/?.so;;",
        "PATH": "/a/bin:/b/bin:/p",
        "X": "1",
    }


@pytest.mark.parametrize(
    ("environ", "lua_path", "program_path"),
    [
        ({}, ";", USUAL),
        ({"LUA_PATH": "mine", "PATH": ""}, "mine", USUAL),
        ({"LUA_PATH": ""}, "", USUAL),
        ({"PATH": "/p"}, ";", "/p"),
    ],
)
def test_what_the_user_does_not_set_is_the_default(
    environ: dict[str, str], lua_path: str, program_path: str
) -> None:
    """Lua's own paths, by two semicolons, and the usual programs."""
    found = environment_of([tree_layout("/a", "5.4")], "5.4", environ)
    assert found["LUA_PATH"].endswith(f"?/init.lua;{lua_path}")
    assert found["PATH"] == f"/a/bin:{program_path}"


def test_a_busted_for_another_lua() -> None:
    """The interpreter of the tree runs it; a program that the rockspec names runs as it is."""
    run = ("/bin/lua5.1", "/usr/bin/busted", "-v")
    suite = Suite("busted", flags=("-v",))
    assert command_of(suite, (), lua="/bin/lua5.1", busted="/usr/bin/busted") == run
    own = suite._replace(executable="./b")
    assert command_of(own, (), lua="/bin/lua5.1", busted="/usr/bin/busted") == ("./b", "-v")


@pytest.mark.parametrize(
    ("start", "is_lua"),
    [
        (b"#!/usr/bin/lua\n", True),
        (b"#!lua", True),
        (b"#! /usr/bin/env lua5.4\nreturn", True),
        (b"#!/usr/bin/luajit", True),
        (b"#!/bin/sh\nexec lua5.4 x", False),
        (b"#! /usr/bin/lua5.3\n", True),
        (b"#!/opt/lua/bin/sh", False),
        (b"#!\nlua", False),
        (b"lua", False),
        (b"", False),
    ],
)
def test_a_lua_script_says_so_in_its_first_line(start: bytes, is_lua: bool) -> None:
    """By the last word of a line that begins with ``#!``."""
    assert is_lua_script(start) is is_lua
