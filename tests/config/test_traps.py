"""Where LuaRocks' rule would hurt, the safe thing holds and a warning says so."""

from __future__ import annotations

import pytest

from distrorocks.config.layers import COMMAND_LINE, DEFAULT, layer
from distrorocks.config.traps import (
    assigned,
    checked_certificates,
    local_without_user,
    mixed_lists,
    safe_servers,
    safe_trees,
)
from distrorocks.lua.value import LuaTable, LuaValue


def test_servers_of_a_file_are_the_only_ones() -> None:
    """An empty list and a list of mirrors are told, since LuaRocks adds its public ones there."""
    nothing = layer({"rocks_servers": {}}, "f")
    assert safe_servers(nothing)[1] == [
        "rocks_servers is empty: no server is used; LuaRocks would use its public ones"
    ]
    mirrors = layer({"rocks_servers": {1: {1: "https://a"}, 2: "https://b"}}, "f")
    found, told = safe_servers(mirrors)
    assert found.table == mirrors.table
    assert [each.partition(" ")[0] for each in told] == ["rocks_servers[1]"]
    plain = layer({"rocks_servers": {1: "https://b", 2: {1: "https://a"}}}, "f")
    assert safe_servers(plain) == (plain, [])


def test_what_no_file_sets_is_left_to_the_defaults() -> None:
    """Neither trees nor servers are then told."""
    found = layer({"other": 1}, "f")
    assert safe_servers(found) == (found, [])
    assert safe_trees(found) == (found, [])


def test_a_list_without_trees_gives_the_default_trees() -> None:
    """LuaRocks stops there; the key is as if no file had set it."""
    found, told = safe_trees(layer({"rocks_trees": {}, "a": 1}, "f"))
    assert found == layer({"a": 1}, "f")
    assert told == ["rocks_trees is empty, an error in LuaRocks; the default trees are used"]
    some = layer({"rocks_trees": {1: "/t"}}, "f")
    assert safe_trees(some) == (some, [])


def test_certificates_are_checked_unless_a_file_says_not() -> None:
    """Then the download programs are told so, by whom it was who said it, with a warning."""
    checked = layer({"check_certificates": True, "variables": {}}, "f")
    assert checked_certificates(checked) == (checked, [])
    flags = {"CURLNOCERTFLAG": "-k", "WGETNOCERTFLAG": "--no-check-certificate"}
    found, told = checked_certificates(layer({"check_certificates": False}, "f"))
    assert found.table["variables"] == flags
    assert {found.origins["variables", flag] for flag in flags} == {"f"}
    assert len(told) == 1
    assert told[0].startswith("check_certificates is false")
    bare = layer({"check_certificates": False}, "f")._replace(origins={})
    assert set(checked_certificates(bare)[0].origins.values()) == {DEFAULT}


@pytest.mark.parametrize(
    ("is_local", "trees", "is_told"),
    [
        (True, {1: {"name": "system"}, 2: "/t"}, True),
        (True, {1: {"name": "system"}, 2: {"name": "user"}}, False),
        (False, {1: {"name": "system"}}, False),
        (True, "/t", True),
    ],
)
def test_local_by_default_needs_a_tree_named_user(
    *, is_local: bool, trees: LuaValue, is_told: bool
) -> None:
    """Wherever it stands in the list."""
    told = local_without_user({"local_by_default": is_local, "rocks_trees": trees})
    assert len(told) == is_told
    assert all(each.startswith("local_by_default is true") for each in told)


@pytest.mark.parametrize(
    ("before", "after", "is_told"),
    [
        ({"d": {1: "a", 2: "b"}}, {"d": {1: "c"}}, True),
        ({"d": {1: "a", 2: "b"}}, {"d": {1: "c", 2: "d"}}, False),
        ({"d": {1: "a"}}, {"d": {1: "c", 2: "d"}}, False),
        ({"d": {1: "a", 2: "b"}}, {"d": {}}, False),
        ({"d": {"x": "a", "y": "b"}}, {"d": {"x": "c"}}, False),
        ({"d": {"x": "a", "y": "b"}}, {"d": {1: "c"}}, False),
        ({"d": {1: "a", 2: "b"}}, {"d": {"x": "c"}}, False),
        ({"d": "a"}, {"d": {1: "c"}}, False),
        ({"d": {1: "a", 2: "b"}}, {"d": "c"}, False),
        ({}, {"d": {1: "c"}}, False),
        ({"rocks_trees": {1: "a", 2: "b"}}, {"rocks_trees": {1: "c"}}, False),
        ({"rocks_servers": {1: "a", 2: "b"}}, {"rocks_servers": {1: "c"}}, False),
        (
            {"rocks_servers": {1: "a"}, "d": {1: "a", 2: "b"}},
            {"rocks_servers": {1: "c"}, "d": {1: "c"}},
            True,
        ),
    ],
)
def test_a_shorter_list_is_told_since_the_longer_ones_end_stays(
    before: LuaTable, after: LuaTable, *, is_told: bool
) -> None:
    """Only lists that are joined by index, and only where the end of the earlier one is left."""
    told = mixed_lists(before, after, "/f.lua")
    start = "/f.lua sets d to 1 of 2 entries; the others stay"
    assert [each.startswith(start) for each in told] == [True] * is_told


def test_variables_of_the_command_line_come_last() -> None:
    """Without any, nothing changes."""
    found = layer({"variables": {"CC": "gcc"}}, "f")
    assert assigned(found, {}) is found
    given = assigned(found, {"CC": "tcc"})
    assert given.table == {"variables": {"CC": "tcc"}}
    assert given.origins["variables", "CC"] == COMMAND_LINE
