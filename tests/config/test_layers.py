"""Tables are joined as LuaRocks joins them, and each value knows who set it."""

from __future__ import annotations

from hypothesis import given, strategies as st

from distrorocks.config.layers import Layered, laid_over, laid_under, layer, origins_below
from distrorocks.lua.value import LuaKey, LuaTable, LuaValue

KEYS: st.SearchStrategy[LuaKey] = st.sampled_from(
    ["a", "b", "rocks_trees", "rocks_servers", 1, 2, 3]
)
TABLES: st.SearchStrategy[LuaTable] = st.recursive(
    st.dictionaries(KEYS, st.sampled_from([True, False, 0, "x"]), max_size=4),
    lambda below: st.dictionaries(KEYS, st.one_of(st.sampled_from([False, 7, "y"]), below)),
    max_leaves=12,
)


def leaves(value: LuaValue, path: tuple[object, ...] = ()) -> set[tuple[object, ...]]:
    """Return the path of each value that is no table, or an empty one."""
    if isinstance(value, dict) and (value or not path):
        return {leaf for key, each in value.items() for leaf in leaves(each, (*path, key))}
    return {path}


def test_lists_are_joined_by_index() -> None:
    """The end of the earlier file's list stays, which is LuaRocks' own trap."""
    found = laid_over(layer({"dirs": {1: "/a", 2: "/b"}}, "system"), {"dirs": {1: "/u"}}, "user")
    assert found.table == {"dirs": {1: "/u", 2: "/b"}}
    assert found.origins == {("dirs", 1): "user", ("dirs", 2): "system"}


def test_trees_and_servers_are_taken_whole() -> None:
    """A later list replaces an earlier one, unless it is false."""
    system = layer({"rocks_trees": {1: "/a", 2: "/b"}, "rocks_servers": {1: "x", 2: "y"}}, "s")
    found = laid_over(system, {"rocks_trees": {1: "/c"}, "rocks_servers": {}}, "u")
    assert found.table == {"rocks_trees": {1: "/c"}, "rocks_servers": {}}
    assert found.origins == {("rocks_trees", 1): "u", ("rocks_servers",): "u"}


def test_a_plain_value_and_a_table_replace_each_other() -> None:
    """Neither is joined with the other, and no origin of what is gone stays."""
    found = laid_over(layer({"a": {"x": 1}, "b": 2}, "s"), {"a": 3, "b": {"y": 4}}, "u")
    assert found.table == {"a": 3, "b": {"y": 4}}
    assert found.origins == {("a",): "u", ("b", "y"): "u"}


def test_defaults_fill_only_what_is_not_set() -> None:
    """False is set; a plain value keeps out a default table; lists are filled up."""
    own = layer({"a": False, "sub": "plain", "dirs": {1: "/x"}}, "u")
    below = layer({"a": True, "sub": {"lib": 1}, "dirs": {1: "/1", 2: "/2"}, "e": {}}, "default")
    found = laid_under(own, below)
    assert found.table == {"a": False, "sub": "plain", "dirs": {1: "/x", 2: "/2"}, "e": {}}
    assert found.origins[("dirs", 2)] == "default"
    assert found.origins[("e",)] == "default"


def test_origins_below_a_key_are_told_in_order() -> None:
    """Numbers and names of keys can stand in one table."""
    found = layer({"t": {2: "b", 1: "a", "x": "c"}, "u": 1}, "f")
    assert list(origins_below(found.origins, ("t",))) == [("t", 1), ("t", 2), ("t", "x")]


@given(TABLES, TABLES, TABLES)
def test_every_value_has_an_origin_and_no_other_has_one(
    first: LuaTable, second: LuaTable, last: LuaTable
) -> None:
    """Whatever is laid over and under, the origins are those of the values there are."""
    found = laid_under(laid_over(layer(first, "1"), second, "2"), layer(last, "default"))
    assert set(found.origins) == leaves(found.table)
    for path, origin in found.origins.items():
        value: LuaValue = {"1": first, "2": second, "default": last}[origin]
        for key in path:
            assert isinstance(value, dict)
            value = value[key]


@given(TABLES, TABLES)
def test_what_was_given_stays_as_it_was(first: LuaTable, second: LuaTable) -> None:
    """Laying tables over each other changes none of them."""
    before, copies = layer(first, "1"), (repr(first), repr(second))
    origins = dict(before.origins)
    laid_over(before, second, "2")
    laid_under(before, layer(second, "2"))
    assert (repr(first), repr(second)) == copies
    assert before == Layered(first, origins)


def test_trees_and_servers_are_replaced_as_a_whole() -> None:
    """By any other value; equal ones keep their origin."""
    for key in ("rocks_trees", "rocks_servers"):
        below = layer({key: {1: "/a", 2: "/b"}, "other": {1: "/a", 2: "/b"}}, "s")
        found = laid_over(below, {key: {1: "/c"}, "other": {1: "/c"}}, "u")
        assert found.table == {key: {1: "/c"}, "other": {1: "/c", 2: "/b"}}
        assert (key, 2) not in found.origins
        plain: LuaValue
        for plain in (True, False, "/c"):
            over = laid_over(below, {key: plain}, "u")
            assert over.table[key] == plain
            assert [path for path in over.origins if path[0] == key] == [(key,)]
        same = laid_over(below, {key: {1: "/a", 2: "/b"}}, "u")
        assert same.table == below.table
