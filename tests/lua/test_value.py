"""Lua values in Python: text, sequences, JSON, and the limits of size."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from distrorocks.lua import value as module
from distrorocks.lua.value import (
    FUNCTION,
    MAX_LEVELS,
    LuaTable,
    LuaValue,
    TooLargeError,
    check_size,
    deep_copy,
    json_form,
    sequence,
    table_of,
    to_bytes,
    to_text,
)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ({1: "a", 2: {1: "b"}}, ["a", ["b"]]),
        ({1: "a", 3: "b"}, {"1": "a", "3": "b"}),
        ({1: "a", "x": 1.5}, {"1": "a", "x": 1.5}),
        ({}, []),
        ({2: "b", 1: "a"}, ["a", "b"]),
        ({1.5: "x"}, {"1.5": "x"}),
        ("text", "text"),
        (5, 5),
        (None, None),
        (float("nan"), None),
        (float("inf"), None),
        (FUNCTION, None),
        (True, True),
    ],
)
def test_a_table_is_a_list_where_it_is_one(value: LuaValue, wanted: object) -> None:
    """What JSON cannot say is null."""
    assert json_form(value) == wanted


@given(st.binary(max_size=20))
def test_any_bytes_survive_as_text(raw: bytes) -> None:
    """Bytes that are not UTF-8 included."""
    assert to_bytes(to_text(raw)) == raw


def test_a_sequence_ends_at_the_first_hole() -> None:
    """As ``ipairs`` does; ``table_of`` is the inverse."""
    assert sequence({1: "a", 2: "b", 4: "d", "x": "y", 0: "z"}) == ["a", "b"]
    assert sequence({2: "b"}) == sequence({}) == []
    assert table_of(["a", "b"]) == {1: "a", 2: "b"}


def test_a_deep_copy_shares_no_table() -> None:
    """A change at any depth leaves the original as it was."""
    table: LuaTable = {"a": {"b": {1: "c"}}, "d": FUNCTION}
    copy = deep_copy(table)
    assert copy == table
    copy["a"]["b"][1] = "changed"  # type: ignore[index]
    assert table == {"a": {"b": {1: "c"}}, "d": FUNCTION}


def test_a_function_is_shown_as_one() -> None:
    """It is a placeholder."""
    assert repr(FUNCTION) == "<function>"


def nested(levels: int) -> LuaTable:
    """Return a table with that many tables in one another below it."""
    table: LuaTable = {}
    for _ in range(levels):
        table = {"t": table}
    return table


def test_tables_nest_up_to_a_limit() -> None:
    """One level more is refused, also where the deep part was met before at a lower level."""
    check_size(nested(MAX_LEVELS))
    with pytest.raises(TooLargeError, match="more than 100 levels"):
        check_size(nested(MAX_LEVELS + 1))
    shared = nested(MAX_LEVELS - 1)
    check_size({"a": shared, "b": shared})
    with pytest.raises(TooLargeError, match="more than 100 levels"):
        check_size({"a": shared, "b": {"c": shared}})


def test_a_cycle_is_refused() -> None:
    """Directly or through other tables; the same table twice is none."""
    table: LuaTable = {}
    table["self"] = table
    other: LuaTable = {"a": {}}
    other["a"]["b"] = other  # type: ignore[index]
    for cyclic in (table, other):
        with pytest.raises(TooLargeError, match="contains itself"):
            check_size(cyclic)
    twice: LuaTable = {}
    check_size({"a": twice, "b": twice})


@pytest.mark.parametrize(
    ("table", "weight"),
    [
        ({}, 16),
        ({"abc": True}, 16 + 3 + 16),
        ({5: 1.5}, 16 + 8 + 16),
        ({1: "12345"}, 16 + 8 + 16 + 5),
        ({"a": {"b": "c"}}, 16 + 1 + 16 + 1 + 16 + 1),
    ],
)
def test_the_weight_counts_values_and_characters(
    table: LuaTable, weight: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """16 for each value, 8 for each number key, 1 for each character; the limit is included."""
    monkeypatch.setattr(module, "MAX_WEIGHT", weight)
    check_size(table)
    monkeypatch.setattr(module, "MAX_WEIGHT", weight - 1)
    if table:
        with pytest.raises(TooLargeError, match="too large as a tree"):
            check_size(table)


def test_a_shared_table_weighs_as_often_as_it_is_written() -> None:
    """Thirty doublings are a gigabyte, found without writing it."""
    table: LuaTable = {"text": "x" * 1000}
    for _ in range(14):
        table = {"a": table, "b": table}
    check_size(table)
    for _ in range(16):
        table = {"a": table, "b": table}
    with pytest.raises(TooLargeError, match="too large as a tree"):
        check_size(table)
