"""Expressions of literal Lua are evaluated as Lua 5.3 does, or declined at their place."""

from __future__ import annotations

import pytest

from distrorocks.lua.read import parse
from distrorocks.lua.scan import LuaSyntaxError, NotLiteral
from distrorocks.lua.value import LuaValue


def value_of(expression: str, before: str = "") -> LuaValue:
    """Return the value of an expression after some statements."""
    return parse(f"{before}\nx = {expression}".encode()).globals.get("x")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 2 - 3", 5),
        ("2 ^ 3 ^ 2", 512.0),
        ("-2 ^ 2", -4.0),
        ("2 ^ -1", 0.5),
        ("not nil == true", True),
        ("not (nil == true)", True),
        ("- - 2", 2),
        ("1 .. 2 .. 3", "123"),
        ("'a' .. 1 + 2", "a3"),
        ("1 < 2 and 2 < 3", True),
        ("nil and f()", None),
        ("false or 'b'", "b"),
        ("'a' or f()", "a"),
        ("nil or false", False),
        ("nil and 1 or 2", 2),
        ("1 and nil or 3", 3),
        ("#'abc' + 1", 4),
        ("('a'):gsub('a', 'b')", "b"),
        ("('a-b'):gsub('b', 'c')", "a-c"),
        ("({ 1, 2 })[2]", 2),
        ("({ a = { b = 'c' } }).a.b", "c"),
        ("({ a = 1 })['a']", 1),
        ("({ 'x' })[1.0]", "x"),
        ("({}).a", None),
        ("[[long]]", "long"),
        ("[=[a]]b]=]", "a]]b"),
        (".5", 0.5),
    ],
)
def test_an_expression_has_its_value(expression: str, value: LuaValue) -> None:
    """Operators bind as section 3.4.8 of the manual says; ``and`` and ``or`` are lazy."""
    assert value_of(expression) == value


@pytest.mark.parametrize(
    ("table", "value"),
    [
        ("{}", {}),
        ("{ 1, 2; 3, }", {1: 1, 2: 2, 3: 3}),
        ("{ a = 1, ['b c'] = 2, [3] = 4, 'x' }", {"a": 1, "b c": 2, 3: 4, 1: "x"}),
        ("{ a = 1, a = 2 }", {"a": 2}),
        ("{ a = 1, a = nil }", {}),
        ("{ nil, 2 }", {2: 2}),
        ("{ [1.0] = 'x' }", {1: "x"}),
        ("{ [2^53] = 'x' }", {2**53: "x"}),
        ("{ ['a' .. 'b'] = { { 'c' } } }", {"ab": {1: {1: "c"}}}),
        ("{ 'a' .. 'b', -1, not nil }", {1: "ab", 2: -1, 3: True}),
        (
            '{ "a" .. "b", c = "d" .. "e", ["f"] = "g", "h" }',
            {1: "ab", "c": "de", "f": "g", 2: "h"},
        ),
        ("{ [0] = 'z', 'a', [-1] = 'm', [2] = 'b' }", {0: "z", 1: "a", -1: "m", 2: "b"}),
        (r"{ 'a\n', [ [[k]] ] = 1 }", {1: "a\n", "k": 1}),
    ],
)
def test_a_table_has_its_fields(table: str, value: LuaValue) -> None:
    """Items count from 1, nil removes, a later field replaces an earlier one."""
    assert value_of(table) == value


@pytest.mark.parametrize(
    ("expression", "brief"),
    [
        ("f()", "a call is computed, not literal"),
        ("f 'a'", "a call is computed, not literal"),
        ("f [[a]]", "a call is computed, not literal"),
        ("f { }", "a call is computed, not literal"),
        ("s:upper()", "a call is computed, not literal"),
        ("s:gsub('a', f)", "a call is computed, not literal"),
        ("s:gsub(f, 'a')", "a call is computed, not literal"),
        ("s:gsub('a', 'b', 1)", "a call is computed, not literal"),
        ("s:gsub('a')", "a call is computed, not literal"),
        ("s.gsub('a', 'b')", "indexing a value that is not a table"),
        ("('a'):gsub('.', 'b')", "a pattern that only Lua matches"),
        ("function() end", "function is computed, not literal"),
        ("...", "... is computed, not literal"),
        ("_ENV", "_ENV is computed, not literal"),
        ("1 + {}", "arithmetic on a value that is not a number"),
        ("1 & 2", "bit operations are not evaluated"),
        ("1 // 0", "division by zero"),
        ("{ } + 1", "arithmetic on a value that is not a number"),
        ("{ { } + 1 }", "a table is an operand"),
        ("{ [nil] = 1 }", "a key that is neither a string nor a number"),
        ("{ [true] = 1 }", "a key that is neither a string nor a number"),
        ("{ 'a', [1] = 'b' }", "an item given both in order and by number"),
        ("{ ('a'):gsub('a', 'b') }", "a call that returns two values"),
        ("('a').b", "indexing a value that is not a table"),
        ("g.b", "indexing a value that is not a table"),
    ],
)
def test_what_only_an_interpreter_evaluates_is_declined(expression: str, brief: str) -> None:
    """The reason is in the brief, the place in the line."""
    with pytest.raises(NotLiteral) as raised:
        value_of(expression, "s = 'a'")
    assert (raised.value.brief, raised.value.line) == (brief, 2)


def test_a_call_whose_second_value_is_dropped_is_evaluated() -> None:
    """In parentheses, before another item, or under a key."""
    call = "('a'):gsub('a', 'b')"
    assert value_of(f"{{ ({call}) }}") == {1: "b"}
    assert value_of(f"{{ k = {call} }}") == {"k": "b"}
    assert value_of(f"{call} .. 'c'") == "bc"


@pytest.mark.parametrize(
    "expression",
    [
        *("f()", "f(1, {}, 'a')", "f 'a'", "f [[a]]", "f { 1 }", "s:f()", "s:f 'a'", "f().g[1]()"),
        *("1 + {}", "s.a.b", "#nil", "f(g())", "-{}", "1 .. {}", "s:f { }", "nil < 1"),
    ],
)
def test_a_branch_that_is_not_taken_is_only_parsed(expression: str) -> None:
    """Neither calls nor wrong operands matter there, and nothing is undefined."""
    chunk = parse(f"if false then y = {expression} end x = nil and ({expression})".encode())
    assert chunk.globals == {}
    assert chunk.undefined == ()


@pytest.mark.parametrize(
    "expression",
    [
        *("", ")", "(1", "1 +", "{ 1", "{ a = }", "{ 1 2 }", "{ [1 = 2 }", "{ [1] 2 }"),
        *("{ end = 1 }", "a.", "a.1", "a[1", "f(1", "f(1,)", "s:", "s:f", "s:1()", "and 1", "1e"),
        *("'\\q'", "{ {} 1 }", "s:f = 1", "{ 1 = 2 }", "not", "~", "{ 1 }[1]"),
    ],
)
def test_invalid_text_is_refused_also_in_a_branch_not_taken(expression: str) -> None:
    """It is not Lua, whatever its value would be."""
    with pytest.raises(LuaSyntaxError):
        parse(f"if false then y = {expression}\nend".encode())


def test_a_local_variable_hides_a_global_one() -> None:
    """The innermost is read, and a global that is not set is recorded once."""
    text = "a = 1 local a = 2 do local a = 3 b = a end c = a d = e e2 = e"
    chunk = parse(text.encode())
    assert (chunk.globals["b"], chunk.globals["c"]) == (3, 2)
    assert chunk.undefined == ("e",)


@pytest.mark.parametrize(("opening", "closing"), [("{", "}"), ("(", ")"), ("- ", ""), ("not ", "")])
def test_nesting_has_a_limit(opening: str, closing: str) -> None:
    """A hundred levels are read, one more is refused; siblings do not add up."""
    inner = "1" if opening != "{" else ""
    value_of(opening * 100 + inner + closing * 100)
    with pytest.raises(LuaSyntaxError, match="more than 100 levels"):
        value_of(opening * 101 + inner + closing * 101)
    value_of("{" + ", ".join([f"{opening * 9}{inner or '1'}{closing * 9}"] * 50) + "}")


def test_nesting_is_counted_down_again() -> None:
    """Keys, operators, calls and indexes in a row are no nesting."""
    many = 150
    value_of("{" + "['a'] = 1, [1 + 1] = 2, " * many + "}")
    value_of(" + ".join(["1"] * many))
    value_of("1" + " == nil" * many)
    parse(("if false then x = f(1)" + "(1)" * many + " end").encode())
    parse(("t = {} " + "t['a' .. 'b'] = (1) " * many).encode())


def test_operators_in_a_row_leave_room_for_no_deeper_nesting() -> None:
    """Each counts its own level down again, and no more."""
    for before in (
        "-1, " * 50,
        "1 + 1, " * 50,
        "(1), " * 50,
        "{}, " * 50,
        "({})['a' .. ''], " * 50,
    ):
        value_of("{" + before + "(" * 99 + "1" + ")" * 99 + "}")
        with pytest.raises(LuaSyntaxError, match="more than 100 levels"):
            value_of("{" + before + "(" * 100 + "1" + ")" * 100 + "}")
