"""A shape finds every place of a table that does not have it."""

from __future__ import annotations

import re

import pytest

from distrorocks.lua.value import FUNCTION, LuaTable, LuaValue
from distrorocks.rocks.schema import ANYTHING, Flag, Misfit, Table, Text, check, dotted, type_name

SHAPE = Table(
    {
        "name": Text(),
        "code": Text(re.compile("[a-z]+"), "a word"),
        "flag": Flag(),
        "free": ANYTHING,
        "list": Table({}, each=Text()),
        "by": Table({}, each=Table({"x": Text()}, required=("x",))),
        "open": Table({"x": Text()}, open=True),
    },
    required=("name",),
)


def misfits(table: LuaTable) -> list[str]:
    """Return each misfit as place, kind, expected, found."""
    found: list[Misfit] = []
    check(table, SHAPE, found)
    return [f"{each.place} {each.kind} {each.expected} {each.found}".strip() for each in found]


def test_what_has_the_shape_has_no_misfits() -> None:
    """Open tables hold anything, lists hold what each entry may be."""
    table: LuaTable = {
        "name": "n",
        "code": "abc",
        "flag": False,
        "free": {1: {"x": 5}},
        "list": {1: "a", "key": "b"},
        "by": {"k": {"x": "y"}},
        "open": {"x": "y", "z": 5, 1: FUNCTION},
    }
    assert misfits(table) == []


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("name", 1, "name type string number"),
        ("code", "a1", "code text a word a1"),
        ("code", "abc\n", "code text a word abc"),
        ("flag", "true", "flag type boolean string"),
        ("free", "x", "free type table string"),
        ("list", {1: "a", 2: 1.5}, "list[2] type string number"),
        ("list", {2.5: True}, "list[2.5] type string boolean"),
        ("by", {"k": {}}, "by.k.x missing"),
        ("by", {1: {"x": "x", "y": {}}}, "by[1].y unknown  table"),
        ("open", {"x": FUNCTION}, "open.x type string function"),
        ("other", "x", "other unknown  string"),
        (1, "x", "[1] unknown  string"),
    ],
)
def test_a_misfit_has_its_place(key: str | int, value: LuaValue, expected: str) -> None:
    """The place is a dotted path, keys that are no names in brackets."""
    assert misfits({"name": "n", key: value}) == [expected]


def test_all_misfits_are_found() -> None:
    """One does not hide another, at any depth."""
    assert misfits({"flag": 1, "list": {1: 1, 2: 2}, "by": {"a": {"b": 1}}}) == [
        "flag type boolean number",
        "list[1] type string number",
        "list[2] type string number",
        "by.a.b unknown  number",
        "by.a.x missing",
        "name missing",
    ]


def test_types_have_luas_names() -> None:
    """A number is a number, whole or not; nothing is nil."""
    values: list[LuaValue] = [None, True, 1, 1.5, "", {}, FUNCTION]
    expected = ["nil", "boolean", "number", "number", "string", "table", "function"]
    assert list(map(type_name, values)) == expected


def test_the_root_has_an_empty_path() -> None:
    """Below it names are joined by dots."""
    assert dotted(()) == ""
    assert dotted(((((), "a"), 1), "b")) == "a[1].b"
