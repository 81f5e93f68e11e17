"""A rock's capabilities in rpm's words."""

from __future__ import annotations

from distrorocks.families.rpm.relations import provides, requires
from distrorocks.rocks.dependency import Dependency


def needs(*texts: str) -> list[Dependency]:
    """Return dependencies."""
    return list(map(Dependency.parse, texts))


def test_a_rock_gives_its_name_and_version() -> None:
    """The rock's revision stands where rpm has a release, a pre-release behind a tilde."""
    assert provides("5.4", "lpeg", "1.1.0-2") == ["lua5.4dist(lpeg) = 1.1.0-2"]
    assert provides("5.1", "busted", "2.0.rc12-1") == ["lua5.1dist(busted) = 2.0~rc12-1"]


def test_what_the_interpreter_is_already_is_not_needed() -> None:
    """utf8 is a part of Lua 5.3 and later, bit32 of 5.2; Lua itself is lua(abi)."""
    wanted = needs("utf8", "bit32", "LPeg ~> 1.0.2")
    lpeg = "(lua{0}dist(lpeg) >= 1.0.2~~ with lua{0}dist(lpeg) < 1.0.3~~)"
    assert requires("5.4", wanted) == ["lua(abi) = 5.4", "lua5.4dist(bit32)", lpeg.format("5.4")]
    assert requires("5.2", wanted) == ["lua(abi) = 5.2", "lua5.2dist(utf8)", lpeg.format("5.2")]


def test_lua_itself_has_the_name_that_the_distribution_gives_it() -> None:
    """Fedora's packages of Lua give lua(abi), openSUSE's Lua(API)."""
    assert requires("5.1", []) == ["lua(abi) = 5.1"]
    assert requires("5.1", [], distribution="opensuse") == ["Lua(API) = 5.1"]
