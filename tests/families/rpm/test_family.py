"""RPM's requirements."""

from __future__ import annotations

import pytest

from distrorocks.families.rpm import family as rpm


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
