"""A Lua version is one of five texts."""

from __future__ import annotations

import pytest

from distrorocks.rocks.lua_version import LUA_VERSIONS, LuaVersion, LuaVersionError


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
