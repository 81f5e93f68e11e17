"""No value of a wrong type reaches a consumer, whatever a file says."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from distrorocks.config.configuration import Circumstances, Places
from distrorocks.config.defaults import defaults
from distrorocks.config.draft import begun, finished, with_file
from distrorocks.config.shape import SHAPES, is_server, is_tree
from distrorocks.lua.value import FUNCTION, LuaTable, LuaValue, json_form, sequence
from distrorocks.lua.write import persist

FACTS = Circumstances("5.4", "/home/me", {})
KNOWN = [*SHAPES, "rocks_trees", "rocks_servers", "new"]
PLAIN: st.SearchStrategy[LuaValue] = st.sampled_from(
    [True, False, 0, -1, 1.5, float("inf"), float("nan"), "", "x", "\x1b[1m", FUNCTION, 2**62]
)
VALUES: st.SearchStrategy[LuaValue] = st.recursive(
    PLAIN,
    lambda below: st.dictionaries(
        st.sampled_from([1, 2, 4, "root", "name", "lib", "bin", "prefix", "CC", "LUA_DIR", "LUA"]),
        below,
        max_size=3,
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(KNOWN), VALUES, max_size=8), st.integers(1, 3))
def test_any_file_gives_a_table_of_the_right_types(given: LuaTable, times: int) -> None:
    """Each key fits its shape, trees are trees, servers are servers, and all can be printed."""
    draft = begun(FACTS)
    for number in range(times):
        draft = with_file(draft, str(number), {**draft.sandbox(), **given})
    found = finished(draft, Places())
    for key, shape in SHAPES.items():
        value = found.table.get(key)
        assert value is None or shape.fits(value), (key, value)
    for key in defaults(FACTS, ("unix", "linux")).table:
        assert key in found.table
    trees, servers = found.table["rocks_trees"], found.table["rocks_servers"]
    assert isinstance(trees, dict)
    assert isinstance(servers, dict)
    assert trees
    assert all(map(is_tree, sequence(trees)))
    assert all(map(is_server, sequence(servers)))
    variables = found.table["variables"]
    assert isinstance(variables, dict)
    assert all(isinstance(value, str) for value in variables.values())
    persist(found.table)
    json_form(found.table)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("deps_mode", "every", 'deps_mode is "every", not "one", "all", "order" or "none"'),
        ("cache_timeout", "soon", 'cache_timeout is "soon", not a number from 0'),
        ("gcc_rpath", "no", 'gcc_rpath is "no", not true or false'),
        ("external_deps_dirs", "/opt", 'external_deps_dirs is "/opt", not a list of directories'),
        ("variables", 5, "variables is 5, not a table"),
        ("arch", {}, "arch is a table, not a string"),
        ("rocks_provided", {"foo": 1}, "rocks_provided is a table, not a table of rock = version"),
    ],
)
def test_what_does_not_fit_is_told_and_has_its_default(
    key: str, value: LuaValue, told: str
) -> None:
    """The message names the key, what it is and what it should be."""
    draft = begun(FACTS)
    found = finished(with_file(draft, "f", {**draft.sandbox(), key: value}), Places())
    assert found.warnings == (f"{told}; it is ignored",)
    assert found.table.get(key) == finished(begun(FACTS), Places()).table.get(key)


def test_a_long_value_is_told_in_short() -> None:
    """Nobody wants a megabyte in a warning."""
    draft = begun(FACTS)
    left: LuaTable = {**draft.sandbox(), "cache_timeout": "x" * 100_000}
    (told,) = finished(with_file(draft, "f", left), Places()).warnings
    assert len(told) < 200
