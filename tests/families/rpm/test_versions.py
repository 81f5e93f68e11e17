"""RPM's relations are read, and made for the packages of rocks."""

from __future__ import annotations

import pytest

from distrorocks.families.rpm import versions as rpm
from distrorocks.families.rpm.versions import provides, requires
from distrorocks.rocks.dependency import Dependency


@pytest.mark.parametrize(
    ("text", "relations"),
    [
        ("lua-lpeg", [("lua-lpeg", "", "")]),
        ("lua-lpeg >= 0.10", [("lua-lpeg", ">= 0.10", "")]),
        ("lua-lpeg(x86-64) = 1.0-2.fc39", [("lua-lpeg", "~> 1.0", "")]),
        ("lua-lpeg < 2.1", [("lua-lpeg", "< 2.1", "")]),
        ("lua-lpeg < 2.1-3", [("lua-lpeg", "<= 2.1", "")]),
        ("lua-lpeg > 1.0", [("lua-lpeg", ">= 1.0", "")]),
        ("(lua-a or lua-b >= 2)", [("lua-a", "", ""), ("lua-b", ">= 2", "")]),
        ("(lua-a or /usr/bin/lua)", []),
        ("luarocks5.4(LPeg) >= 1.0", [("luarocks5.4(LPeg)", ">= 1.0", "lpeg")]),
    ],
)
def test_a_requirement_gives_names_and_rock_constraints(
    text: str, relations: list[tuple[str, str, str]]
) -> None:
    """Packages, alternatives, and the capabilities that name a rock."""
    parsed = rpm.parse_relation(text)
    assert [(one.name, one.constraint, one.rock) for one in parsed] == relations


@pytest.mark.parametrize(
    ("version", "upstream"),
    [
        ("1:1.0-2.fc39", "1.0"),
        ("1.0", "1.0"),
        ("1.0-0.2.rc1.fc20", "1.0~rc1"),
        ("1.0-0.2.beta.el7", "1.0~beta"),
        ("1.0-0.1.20140101git.fc20", "1.0~20140101git"),
        ("1.0-0.1.fc20", "1.0"),
        ("1.0-0.1.el7_9", "1.0"),
        ("1.0-0.1.lp152.2", "1.0"),
        ("1.0-1.2.rc1.fc20", "1.0"),
    ],
)
def test_a_release_below_one_can_name_what_is_not_released(version: str, upstream: str) -> None:
    """Fedora's older form; a distribution's tag is no such name."""
    assert rpm.upstream_version(version) == upstream


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        *(("1.0~rc1", "1.0"), ("1.0", "1.0^git1"), ("1.0^git1", "1.0.1"), ("1.0a", "1.0.1")),
        *(("1.9", "1.10"), ("1.0-1", "1.0-2"), ("1.0-9", "1.1-1"), ("9", "1:0"), ("a", "1")),
        *(("1.0", "1.0a"), ("1.0^a", "1.0a"), ("1.0~a", "1.0~b"), ("1.0-1~x", "1.0-1")),
    ],
)
def test_versions_are_in_the_order_of_rpmvercmp(lower: str, higher: str) -> None:
    """A tilde is before the end, a caret behind it, then words, then numbers; epochs decide."""
    assert rpm.rpm_key(lower) < rpm.rpm_key(higher)


@pytest.mark.parametrize(
    "text",
    [
        "/usr/bin/lua",
        "lua(abi) = 5.4",
        "lua5.4(socket)",
        "libc.so.6()(64bit)",
        "rpmlib(FileDigests) <= 4.6.0-1",
        "(lua-a if lua-b)",
        "(lua-a with lua-b)",
        "luarocks5.4()",
        "",
    ],
)
def test_what_names_no_package_for_certain_says_nothing(text: str) -> None:
    """Files, libraries, interpreters and conditions are no dependencies on rocks."""
    assert rpm.parse_relation(text) == ()


def test_packages_of_one_lua_have_its_name_before_theirs() -> None:
    """Only what begins with lua- is a Lua package's name, also in a rich requirement."""
    rich = "(lua-term >= 1 with lua-term < 2)"
    assert rpm.for_lua(rich, "lua5.1") == "(lua5.1-term >= 1 with lua5.1-term < 2)"
    for other in ("pkgconfig(lua-x)", "compat-lua-devel", "luajit"):
        assert rpm.for_lua(other, "lua5.1") == other


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
