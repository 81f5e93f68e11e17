"""Constants are computed as Lua 5.3 computes them, and what is not computed is refused."""

from __future__ import annotations

import math

import pytest

from distrorocks.lua.operators import (
    BINARY,
    UNARY,
    UNARY_BINDS,
    are_equal,
    arithmetic,
    comparison,
    concatenation,
    index,
    is_number,
    is_true,
    length,
    store,
    substitution,
    table_key,
    unary,
)
from distrorocks.lua.value import LuaTable, LuaValue


def test_operators_bind_in_luas_order() -> None:
    """As section 3.4.8 of the manual lists them, from the loosest to the tightest."""
    levels = ["or", "and", "< > <= >= ~= ==", "|", "~", "&", "<< >>", "..", "+ -", "* / // %", "^"]
    binds = [{BINARY[sign] for sign in level.split()} for level in levels]
    assert all(len(level) == 1 for level in binds)
    assert sorted(binds, key=max) == binds
    assert len({max(level) for level in binds}) == len(levels)
    assert set(BINARY) == set(" ".join(levels).split())
    assert BINARY["*"] < UNARY_BINDS < BINARY["^"]
    assert {"not", "-", "#", "~"} == UNARY


def test_only_nil_and_false_are_not_true() -> None:
    """Zero, the empty text and the empty table are true."""
    truths: list[LuaValue] = [0, "", {}, True]
    assert all(is_true(value) for value in truths)
    assert not is_true(None)
    assert not is_true(value=False)


def test_a_boolean_is_no_number() -> None:
    """Nor is a text that could be read as one."""
    assert is_number(1)
    assert is_number(1.5)
    others: list[LuaValue] = [True, "1", None, {}]
    assert not any(is_number(value) for value in others)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (1, 1.0, True),
        ("a", "a", True),
        (None, None, True),
        (1, True, False),
        ("1", 1, False),
        (None, False, False),
        ({}, {}, False),
        (1, 2, False),
        ("a", "b", False),
    ],
)
def test_equality_is_luas(left: LuaValue, right: LuaValue, *, expected: bool) -> None:
    """Numbers by value, texts by bytes, the rest only by being the same."""
    assert are_equal(left, right) is expected
    assert comparison("==", left, right) is expected
    assert comparison("~=", left, right) is not expected


def test_a_table_equals_itself() -> None:
    """Also under another name."""
    table: LuaTable = {}
    assert are_equal(table, table)


@pytest.mark.parametrize("sign", ["<", "<=", ">", ">="])
def test_order_is_of_numbers_or_of_bytes(sign: str) -> None:
    """Each of the four, below, at and above; a text with a byte above 127 comes last."""
    pairs: list[tuple[LuaValue, LuaValue]] = [(1, 2.5), (2, 2), (3, 2), ("a", "b"), ("b", "b")]
    pairs += [("b", "a"), ("\udcff", "é")]
    expected = {
        "<": [True, False, False, True, False, False, False],
        "<=": [True, True, False, True, True, False, False],
        ">": [False, False, True, False, False, True, True],
        ">=": [False, True, True, False, True, True, True],
    }
    assert [comparison(sign, left, right) for left, right in pairs] == expected[sign]


@pytest.mark.parametrize(("left", "right"), [(1, "1"), ("a", 1), (True, True), ({}, {}), (None, 1)])
def test_values_of_other_types_have_no_order(left: LuaValue, right: LuaValue) -> None:
    """Lua raises an error, or asks a metatable."""
    with pytest.raises(ValueError, match="no order"):
        comparison("<", left, right)


@pytest.mark.parametrize(
    ("sign", "left", "right", "expected"),
    [
        ("+", 2, 3, 5),
        ("-", 2, 3, -1),
        ("*", 2, 3, 6),
        ("//", -7, 2, -4),
        ("%", -7, 2, 1),
        ("/", 7, 2, 3.5),
        ("^", 2, 3, 8.0),
        ("+", 2.5, 1, 3.5),
        ("-", 1, 2.5, -1.5),
        ("*", 1.5, 2, 3.0),
        ("+", 2**63 - 1, 1, -(2**63)),
        ("*", 2**62, 4, 0),
    ],
)
def test_arithmetic_is_luas(sign: str, left: float, right: float, expected: float) -> None:
    """Integers stay so and wrap around at 64 bits, but for ``/`` and ``^``; floats make floats."""
    found = arithmetic(sign, left, right)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("sign", "left", "right"),
    [
        ("+", "1", 1),
        ("+", 1, None),
        ("+", True, 1),
        ("+", 1, False),
        ("//", 1, 0),
        ("%", 1, 0),
        ("&", 1, 1),
        ("^", -8.0, 1 / 3),
        ("^", 10.0, 400),
        ("/", 1, 0),
    ],
)
def test_arithmetic_out_of_the_ordinary_is_refused(
    sign: str, left: LuaValue, right: LuaValue
) -> None:
    """What raises in Lua, gives no plain number, or is of bits is not computed."""
    with pytest.raises(ValueError):  # noqa: PT011 -- each has words of its own
        arithmetic(sign, left, right)


def test_numbers_are_joined_as_lua_writes_them() -> None:
    """A float keeps its point; bytes of one character become the character; NaN is refused."""
    assert concatenation(["a", 1, 2.0, "b"]) == "a12.0b"
    assert concatenation(["\udcc3", "\udca9"]) == "é"
    bad: tuple[LuaValue, ...] = (True, None, {}, math.nan)
    for value in bad:
        with pytest.raises(ValueError):  # noqa: PT011 -- each has words of its own
            concatenation(["a", value])


def test_unary_operators_take_what_fits() -> None:
    """The least integer is its own negative; nothing else is negated than a number."""
    assert unary("not", None) is True
    assert unary("not", 0) is False
    assert unary("#", "é") == 2
    assert unary("-", 5) == -5
    assert unary("-", -1.5) == 1.5
    assert unary("-", -(2**63)) == -(2**63)
    refused: list[tuple[str, LuaValue]] = [("-", "1"), ("-", True), ("~", 1), ("#", 1)]
    for sign, value in refused:
        with pytest.raises(ValueError):  # noqa: PT011 -- each has words of its own
            unary(sign, value)


def test_a_length_is_told_only_without_holes() -> None:
    """Lua may take any border; keys below 1 and fields do not count."""
    assert length({1: "a", 2: "b", "n": 1, 0: "z", -1: "y"}) == 2
    assert length({}) == 0
    with pytest.raises(ValueError, match="holes"):
        length({1: "a", 3: "c"})
    with pytest.raises(ValueError, match="that has none"):
        length(None)


def test_a_whole_float_is_the_key_of_the_integer() -> None:
    """Within 64 bits; others stay floats."""
    keys: list[LuaValue] = [2.0, 2.5, "2", 2, 2.0**63, -(2.0**63)]
    found = [table_key(key) for key in keys]
    assert found == [2, 2.5, "2", 2, 2.0**63, -(2**63)]
    assert [type(key) for key in found] == [int, float, str, int, float, int]
    bad: tuple[LuaValue, ...] = (None, True, {}, math.nan)
    for key in bad:
        with pytest.raises(ValueError, match="neither"):
            table_key(key)


def test_fields_are_read_and_set() -> None:
    """Keys that no table has give nil, nil removes, and only tables have fields."""
    table: LuaTable = {1: "a", "b": 2}
    keys: tuple[LuaValue, ...] = (1.0, "b", "c", None, True, {})
    assert [index(table, key) for key in keys] == ["a", 2, None, None, None, None]
    assert store(table, 2.0, "n") == {1: "a", "b": 2, 2: "n"}
    assert store(table, "b", None) is table
    assert store(table, "gone", None) == {1: "a", 2: "n"}
    for value in ("text", None):
        with pytest.raises(ValueError, match="not a table"):
            index(value, 1)
        with pytest.raises(ValueError, match="not a table"):
            store(value, 1, 1)


def test_plain_texts_are_substituted() -> None:
    """What has a magic character on either side, or grows past a mebibyte, is Lua's to do."""
    assert substitution("a_b_c", "_", "--") == "a--b--c"
    assert substitution("a\udcc3_", "_", "\udca9") == "aé"
    refused: list[tuple[LuaValue, str, str]] = [(1, "a", "b"), ("a", "", "b"), ("a", ".", "b")]
    refused += [("a", "a", "%1"), ("a" * 1025, "a", "b" * 1024)]
    for value, pattern, replacement in refused:
        with pytest.raises(ValueError):  # noqa: PT011 -- each has words of its own
            substitution(value, pattern, replacement)
    assert len(substitution("a" * 1024, "a", "b" * 1024)) == 1 << 20
    assert substitution("ab" * 600_000, "ab", "cd") == "cd" * 600_000
    for magic in "^$()%.[]*+-?":
        with pytest.raises(ValueError, match="only Lua matches"):
            substitution("a", magic, "b")
