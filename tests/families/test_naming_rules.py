"""How distributions name the packages of rocks."""

from __future__ import annotations

import pytest

from distrorocks.families.name_entry import HeldRock, NameEntry
from distrorocks.families.naming_rules import (
    Elsewhere,
    names_elsewhere,
    short_name,
    short_name_with_underscores,
    whole_name,
)


@pytest.mark.parametrize(
    ("rock", "short", "whole"),
    [
        ("luasocket", "lua-socket", "lua-luasocket"),
        ("lua-term", "lua-term", "lua-term"),
        ("lua_cliargs", "lua-cliargs", "lua-cliargs"),
        ("redis-lua", "lua-redis", "lua-redis-lua"),
        ("mediator_lua", "lua-mediator", "lua-mediator_lua"),
        ("mmdblua", "lua-mmdb", "lua-mmdblua"),
        ("etlua", "lua-etlua", "lua-etlua"),
        ("json4lua", "lua-json4lua", "lua-json4lua"),
        ("30log", "lua-30log", "lua-30log"),
        ("lua", "lua-lua", "lua-lua"),
        ("web.sanitize", "lua-web-sanitize", "lua-web-sanitize"),
        ("lua-x", "lua-lua-x", "lua-x"),
        ("lua-pb", "lua-pb", "lua-pb"),
        ("x5-lua", "lua-x5", "lua-x5-lua"),
        ("lua-5x", "lua-lua-5x", "lua-5x"),
        ("lua-", "lua-lua", "lua-lua"),
        ("Lua_Foo@home!", "lua-foo-home", "lua-foo-home"),
        ("a__b", "lua-a-b", "lua-a__b"),
        ("std._debug", "lua-std-debug", "lua-std-debug"),
    ],
)
def test_the_rules_of_distributions(rock: str, short: str, whole: str) -> None:
    """Debian and others drop lua from a rock's name, openSUSE keeps it, and underscores too."""
    assert short_name(rock) == short
    assert whole_name(rock) == whole


def test_alpine_keeps_underscores() -> None:
    """It drops lua as the others do."""
    rocks = ("lpeg_patterns", "lua_cliargs", "mediator_lua", "luasocket")
    found = [short_name_with_underscores(each) for each in rocks]
    assert found == ["lua-lpeg_patterns", "lua-cliargs", "lua-mediator", "lua-socket"]


def test_the_name_that_most_distributions_have_is_the_one_elsewhere() -> None:
    """Or the names; packages of several rocks, and refused ones, are no example."""

    def entry(*rocks: str) -> NameEntry:
        return NameEntry(tuple(map(HeldRock, rocks)))

    maps = (
        ("debian", {"lua-a": entry("a"), "lua-b": entry("b"), "lua-cd": entry("c", "d")}),
        ("fedora", {"lua-luab": entry("b"), "lua-luab-doc": entry("b"), "lua-e": entry("e")}),
        ("arch", {"lua54-luab": entry("b"), "lua-aa": entry("a"), "lua-f": NameEntry()}),
        ("alpine", {"lua-no": NameEntry((HeldRock("no"),), publish=False)}),
    )
    assert names_elsewhere(maps) == {
        "a": (Elsewhere("lua-a", ("debian",)), Elsewhere("lua-aa", ("arch",))),
        "b": (Elsewhere("lua-luab", ("fedora", "arch")),),
        "e": (Elsewhere("lua-e", ("fedora",)),),
    }
