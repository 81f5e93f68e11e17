"""What needs no tree is known by name and version."""

from __future__ import annotations

import pytest

from distrorocks.lua.value import LuaTable
from distrorocks.rocks.lua_version import provided_rocks


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
