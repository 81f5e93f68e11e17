"""Packages that say which rock they are are understood, in each distribution's way."""

from __future__ import annotations

import pytest

from distrorocks.families.offer import RockCapability, parse_rock_capability


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("luarocks5.4(lpeg) = 1.0.2-alt1", ("lpeg", "5.4", "1.0.2-alt1")),
        ("luarocks5.1(Basexx)", ("basexx", "5.1", "")),
        ("lua5.3dist(lua_cliargs) = 3.0-2", ("lua_cliargs", "5.3", "3.0-2")),
        ("lua5.4-rock-lpeg (= 1.0.2-1)", ("lpeg", "5.4", "1.0.2-1")),
        ("lua5.4-rock-lpeg", ("lpeg", "5.4", "")),
    ],
)
def test_a_rock_is_read(text: str, found: tuple[str, str, str]) -> None:
    """With its Lua version, and its own version where it is named."""
    assert parse_rock_capability(text) == RockCapability(*found)


@pytest.mark.parametrize(
    "text", ["lua5.4-lpeg", "lua(abi) = 5.4", "luarocks5.4", "lua5.4dist()", "x-rock-y", ""]
)
def test_other_capabilities_are_none(text: str) -> None:
    """Virtual packages of modules name no rock."""
    assert parse_rock_capability(text) is None
