"""Platform overrides are laid over a table as LuaRocks lays them."""

from __future__ import annotations

from distrorocks.lua.value import LuaTable, table_of
from distrorocks.rocks.rockspec import for_platforms, merged


def test_lists_merge_by_index() -> None:
    """On Linux the unix list comes first, then linux replaces single entries."""
    table: LuaTable = {
        1: "lua >= 5.1",
        "platforms": {"unix": {1: "first", 2: "second"}, "linux": {1: "lin1", 3: "third"}},
    }
    assert for_platforms(table, ("unix", "linux")) == table_of(["lin1", "second", "third"])


def test_a_scalar_replaces_anything_and_a_table_replaces_a_scalar() -> None:
    """Only two tables are merged, to any depth."""
    below: LuaTable = {"a": {"x": 1}, "b": 2, "c": {"d": {"e": 1, "f": 2}}}
    over: LuaTable = {"a": "text", "b": {"y": 1}, "c": {"d": {"e": 3}}}
    assert merged(below, over) == {"a": "text", "b": {"y": 1}, "c": {"d": {"e": 3, "f": 2}}}


def test_the_written_table_stays_as_it_was() -> None:
    """Overrides make new tables all the way down."""
    table: LuaTable = {
        "modules": {"a": "a.lua"},
        "platforms": {"linux": {"modules": {"b": "b.c"}}},
    }
    effective = for_platforms(table, ("unix", "linux"))
    assert effective == {"modules": {"a": "a.lua", "b": "b.c"}}
    assert table["modules"] == {"a": "a.lua"}
    assert "platforms" in table


def test_other_platforms_are_left_out() -> None:
    """What is not active is dropped unread, whatever it is."""
    table: LuaTable = {"type": "builtin", "platforms": {"windows": {"type": "make"}, "linux": 5}}
    assert for_platforms(table, ("unix", "linux")) == {"type": "builtin"}


def test_a_platform_may_bring_an_override_for_the_next() -> None:
    """The merge goes into ``platforms`` too, before the more specific platform is read."""
    table: LuaTable = {"platforms": {"unix": {"platforms": {"linux": {"type": "make"}}}}}
    assert for_platforms(table, ("unix", "linux")) == {"type": "make"}
