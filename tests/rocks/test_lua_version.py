"""A Lua version is one of five texts, and provides some rocks."""

from __future__ import annotations

import pytest

from distrorocks.lua.value import LuaTable
from distrorocks.rocks.lua_version import LUA_VERSIONS, LuaVersion, LuaVersionError, provided_rocks


def test_every_version_reads_as_itself() -> None:
    """There are five, in order, and each is a text for paths."""
    assert LUA_VERSIONS == ("5.1", "5.2", "5.3", "5.4", "5.5")
    assert [LuaVersion.parse(text) for text in LUA_VERSIONS] == list(LUA_VERSIONS)
    assert f"rocks-{LuaVersion.parse('5.4')}" == "rocks-5.4"


@pytest.mark.parametrize("text", ["luajit", "LuaJIT"])
def test_luajit_is_five_one(text: str) -> None:
    """LuaJIT loads the modules of Lua 5.1."""
    assert LuaVersion.parse(text) == "5.1"


@pytest.mark.parametrize("text", ["5", "5.0", "5.10", "5.1.5", "lua5.1", "", " 5.1"])
def test_another_text_is_refused_with_the_list(text: str) -> None:
    """The error names every version there is."""
    with pytest.raises(LuaVersionError) as caught:
        LuaVersion.parse(text)
    assert "5.1, 5.2, 5.3, 5.4, 5.5 or luajit" in caught.value.hint


@pytest.mark.parametrize(
    ("lua_version", "luajit", "expected"),
    [
        ("5.1", "", {"lua": "5.1-1"}),
        (
            "5.1",
            "2.1.0-beta3",
            {"lua": "5.1-1", "luabitop": "2.1.0-beta3-1", "luajit": "2.1.0-beta3-1"},
        ),
        ("5.2", "", {"lua": "5.2-1", "bit32": "5.2-1"}),
        ("5.3", "2.1", {"lua": "5.3-1", "utf8": "5.3-1"}),
        ("5.5", "", {"lua": "5.5-1", "utf8": "5.5-1"}),
    ],
)
def test_the_interpreter_brings_rocks(
    lua_version: str, luajit: str, expected: dict[str, str]
) -> None:
    """LuaJIT's come with 5.1 alone."""
    found = provided_rocks(lua_version, {}, luajit=luajit)
    assert {name: str(version) for name, version in found.items()} == expected


def test_the_configuration_adds_and_never_replaces() -> None:
    """What is no text under a name is passed over, as is a whole setting that is no table."""
    own: LuaTable = {"lua": "9-9", "lpeg": "1.0-1", "x": 1, 1: "y"}
    found = provided_rocks("5.1", {"rocks_provided": own})
    assert {name: str(version) for name, version in found.items()} == {
        "lua": "5.1-1",
        "lpeg": "1.0-1",
    }
    assert list(provided_rocks("5.1", {"rocks_provided": "lpeg"})) == ["lua"]
