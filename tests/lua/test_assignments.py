"""The places of assignments are found by tokens alone."""

from __future__ import annotations

import pytest

from distrorocks.lua.assignments import assignments
from tests.effort import little_time


def found(text: str) -> list[tuple[str, str, bool]]:
    """Return keys, the text of the value, and whether it is a constant."""
    return [
        (".".join(map(str, it.path)), text[it.begin : it.end], it.is_literal)
        for it in assignments(text)
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a = 1", [("a", "1", True)]),
        ("a = -1 b = [[x]];", [("a", "-1", True), ("b", "[[x]]", True)]),
        ("a.b['c'][2] = true", [("a.b.c.2", "true", True)]),
        (
            "t = { 1, x = 2; ['y'] = 3, { z = 4 } }",
            [
                ("t", "{ 1, x = 2; ['y'] = 3, { z = 4 } }", True),
                ("t.1", "1", True),
                ("t.x", "2", True),
                ("t.y", "3", True),
                ("t.2", "{ z = 4 }", True),
                ("t.2.z", "4", True),
            ],
        ),
        (
            "if x then a = 1 elseif y then b = 2 end c = 3",
            [("a", "1", False), ("b", "2", False), ("c", "3", True)],
        ),
        ("function f() a = 1 end b = 2", [("a", "1", False), ("b", "2", True)]),
        ("local a = 1 b = 2", [("b", "2", True)]),
        ("a, b = 1, 2", [("a", "a", False), ("b", "1", False)]),
        ("f({ a = 1 }) b = 2", [("b", "2", True)]),
        ("for i = 1, 3 do x = i end", [("x", "i", False)]),
        ("repeat a = 1 until x b = 2", [("a", "1", False), ("b", "2", True)]),
        ("while x do a = 1 end b = 2", [("a", "1", False), ("b", "2", True)]),
        ("do a = 1 end b = 2", [("a", "1", False), ("b", "2", True)]),
        ("if x then else a = 1 end b = 2", [("a", "1", False), ("b", "2", True)]),
        ("a = 1 t = { [x] = 2 }", [("a", "1", True), ("t", "{ [x] = 2 }", False)]),
        ("a = 1 t = { f() }", [("a", "1", True), ("t", "{ f() }", False), ("t.1", "f", False)]),
        ("a = 1 t = { }", [("a", "1", True), ("t", "{ }", True)]),
        ("a = 'x' -- b = 2\n--[[ c = 3 ]] d = 4", [("a", "'x'", True), ("d", "4", True)]),
    ],
)
def test_each_assignment_is_found(text: str, wanted: list[tuple[str, str, bool]]) -> None:
    """With its keys, its value, and whether that is a constant that always holds."""
    assert found(text) == wanted


@pytest.mark.parametrize(
    "value",
    ["1 + 1", "x", "f()", '"a" .. b', "{ 1 }[1]", "('x'):rep(2)", "not x", "-x", "#t", '"x":y()'],
)
def test_a_computed_value_is_no_constant(value: str) -> None:
    """Whatever follows is found again."""
    rows = found(f"a = {value}\nb = 2")
    assert rows[0][0] == "a"
    assert not rows[0][2]
    assert rows[-1] == ("b", "2", True)


@pytest.mark.parametrize(
    "text",
    ["", "a", "a =", "a = {", "{{{", "a[", "a.", "(", "end end", "= 1", "s={{''", "s=" + "{" * 50],
)
def test_half_a_text_is_no_trouble(text: str) -> None:
    """Places are told of what there is; an evaluation tells that it is no Lua."""
    assignments(text)


@pytest.mark.parametrize("part", ["a, ", "a.", "a[1].", "a = ", "a[", "x{"])
def test_a_long_list_of_names_takes_no_time(part: str) -> None:
    """Each name is looked at once, not once for each name before it."""
    with little_time(2):
        assignments("local " + part * (240_000 // len(part)) + "a = 1")


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("a = 1", [False]),
        ("a, b = 1, 2", [False, False]),
        ("t = { 1, x = 2, { y = 3 } }", [False, True, True, True, True]),
    ],
)
def test_fields_of_tables_are_told_from_statements(text: str, fields: list[bool]) -> None:
    """A statement may be taken away alone; a field leaves a comma."""
    assert [each.is_field for each in assignments(text)] == fields
