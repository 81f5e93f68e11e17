"""The strict parser reads what rocks are described with."""

from __future__ import annotations

import math

import pytest

from distrorocks.lua.read import Chunk, LuaSyntaxError, NotLiteral, parse
from distrorocks.lua.value import LuaTable, LuaValue

ROCKSPEC = b"""\
#!/usr/bin/env lua
local git_ref, modrev, specrev = 'v2.1', '2.1', '-1'
local repo_url = 'https://example.org/thing'
rockspec_format = '3.0'
package = 'thing'
version = modrev .. specrev
description = { summary = 'A thing', labels = { 'a', 'b' }, ["issues_url"] = repo_url .. '/issues' }
source = { url = repo_url .. '/archive/' .. git_ref .. '.zip', dir = 'thing-' .. '2.1' }
if modrev == 'scm' or modrev == 'dev' then
  source = { url = repo_url:gsub('https', 'git') }
end
build = { type = 'builtin', modules = {}, install = { bin = { thing = 'bin/thing.lua' } } }
build.modules['thing.core'] = [[src/core.lua]]
"""


def value_of(expression: str) -> LuaValue:
    """Return what the parser makes of one expression."""
    return parse(f"x = {expression}".encode()).globals.get("x")


def test_a_rockspec_of_the_usual_template_is_read() -> None:
    """Locals, joined strings, a condition and an assignment to a field give what Lua gives."""
    assert parse(ROCKSPEC) == Chunk(
        {
            "rockspec_format": "3.0",
            "package": "thing",
            "version": "2.1-1",
            "description": {
                "summary": "A thing",
                "labels": {1: "a", 2: "b"},
                "issues_url": "https://example.org/thing/issues",
            },
            "source": {
                "url": "https://example.org/thing/archive/v2.1.zip",
                "dir": "thing-2.1",
            },
            "build": {
                "type": "builtin",
                "modules": {"thing.core": "src/core.lua"},
                "install": {"bin": {"thing": "bin/thing.lua"}},
            },
        },
        (),
    )


STRINGS = {
    r'"a\tb\\\"\'"': "a\tb\\\"'",
    r'"\65\066\x43\u{44}\u{20AC}"': "ABCD€",
    r'"\0651"': "A1",
    '"a\\z  \n  \t b"': "ab",
    '"a\\\nb\\\r\nc"': "a\nb\nc",
    r'"\195\169\xc3\xa9"': "éé",
    r'"\xff"': "\udcff",
    "[[a]]": "a",
    "[[\na\n]]": "a\n",
    "[==[a]]b]=]c]==]": "a]]b]=]c",
    "[[\r\na\rb\n\rc]]": "a\nb\nc",
    "[=[]=]": "",
    "'--no comment'": "--no comment",
    "'a' .. 1 .. 2.0 .. -3": "a12.0-3",
    "1 .. ''": "1",
    "2^53 .. ''": "9.007199254741e+15",
    r"'\xc3' .. '\xa9'": "é",
    "('https://x'):gsub('https', 'git')": "git://x",
    "(('aXbX'):gsub('X', ''))": "ab",
}


@pytest.mark.parametrize("expression", STRINGS)
def test_strings(expression: str) -> None:
    """Every way to write a string gives the bytes that Lua 5.3 gives."""
    assert value_of(expression) == STRINGS[expression]


NUMBERS: dict[str, int | float | bool] = {
    "3": 3,
    "3.0": 3.0,
    "3.": 3.0,
    ".5": 0.5,
    "1e2": 100.0,
    "0x10": 16,
    "0xA.8p1": 21.0,
    "0x.1": 0.0625,
    "007": 7,
    "9223372036854775807": 2**63 - 1,
    "9223372036854775808": 2.0**63,
    "0xffffffffffffffff": -1,
    "0x1ffffffffffffffff": -1,
    "-7": -7,
    "- - 7": 7,
    "-2^2": -4.0,
    "2^3^2": 512.0,
    "1 + 2 * 3 - 4": 3,
    "7 // 2": 3,
    "-7 % 3": 2,
    "7 / 2": 3.5,
    "9223372036854775807 + 1": -(2**63),
    "#'\\u{e9}'": 2,
    "#{1, 2, nil}": 2,
    "1 == 1.0": True,
    "1 == '1'": False,
    "true == 1": False,
    "'a' < 'b'": True,
    "1 <= 1.5 and 2 > 1": True,
    "not nil": True,
    "'x' ~= 'y' == true": True,
    "{} == {}": False,
}


@pytest.mark.parametrize("expression", NUMBERS)
def test_numbers_and_truth(expression: str) -> None:
    """Integers and floats stay apart, operators bind and give as in Lua 5.3."""
    value = value_of(expression)
    assert value == NUMBERS[expression]
    assert type(value) is type(NUMBERS[expression])


TABLES: dict[str, LuaTable] = {
    "{}": {},
    "{1, 2; 3,}": {1: 1, 2: 2, 3: 3},
    "{'a', nil, 'c'}": {1: "a", 3: "c"},
    "{a = 1, ['b c'] = 2, [3] = 4, [4.0] = 5, [1.5] = 6}": {"a": 1, "b c": 2, 3: 4, 4: 5, 1.5: 6},
    "{a = 1, a = nil}": {},
    "{a = 1, a = 2}": {"a": 2},
    "{[('k')] = {['x' .. 1] = true}}": {"k": {"x1": True}},
    "{ 'x' .. 'y', a = -1, b = not true, c = {} }": {1: "xy", "a": -1, "b": False, "c": {}},
    "{ [ [[k]] ] = 1 }": {"k": 1},
}


@pytest.mark.parametrize("expression", TABLES)
def test_tables(expression: str) -> None:
    """Items in order, named and bracketed keys mix; nil leaves no trace."""
    assert value_of(expression) == TABLES[expression]


STATEMENTS: dict[str, LuaTable] = {
    "a, b, c = 1, 2": {"a": 1, "b": 2},
    "a, a = 1, 2": {"a": 1},
    "a = 1; a = nil": {},
    "local a = 1 do local a = 2 b = a end c = a": {"b": 2, "c": 1},
    "local a <close>": {},
    "local x x = 1": {},
    "local t = {} a = t t.k = 1": {"a": {"k": 1}},
    "a = {} a.b = {} a.b['c'] = 1 d = a.b.c": {"a": {"b": {"c": 1}}, "d": 1},
    "local a, b = {}, 1 a.x, b = b, a.x y = b z = a": {"z": {"x": 1}},
    "if nil then a = 1 elseif false then a = 2 else a = 3 end": {"a": 3},
    "if 0 then a = 1 elseif f() then a = g{h.i} else j 'k' end": {"a": 1},
    "if x then a = y.z .. f() end b = 1": {"b": 1},
    "local t = {} if nil then a = {[t] = 1, [true] = 2, [nil] = 3} end": {},
    "a = x and x.y or 'none'": {"a": "none"},
    "a = 1 return a": {"a": 1},
    "if true then return end a = 1": {},
    "a = 1 -- end\n--[[ b = 2 ]] c = 3 --[==[ d ]] ]==]": {"a": 1, "c": 3},
}


@pytest.mark.parametrize("text", STATEMENTS)
def test_statements(text: str) -> None:
    """Assignments, locals, blocks and branches leave the globals that Lua leaves."""
    if "<close>" in text or " j 'k'" in text:
        with pytest.raises(NotLiteral):
            parse(text.encode())
    else:
        assert parse(text.encode()).globals == STATEMENTS[text]


def test_undefined_globals_are_told_once_in_order() -> None:
    """A global that is read while unset is named, but not in a branch that is not taken."""
    chunk = parse(
        b"a = z local l m = l b = a c = y or z if false then d = hidden end e = false and q"
    )
    assert chunk.undefined == ("z", "a", "y")


def test_the_environment_is_read_and_not_changed() -> None:
    """A file starts with the given globals, and what it does to them stays in its result."""
    environment: LuaTable = {"home": "/root", "variables": {"A": "1"}}
    chunk = parse(b"path = home .. '/x' variables.B = '2'", environment=environment)
    assert chunk.globals == {
        "home": "/root",
        "path": "/root/x",
        "variables": {"A": "1", "B": "2"},
    }
    assert environment == {"home": "/root", "variables": {"A": "1"}}
    assert chunk.undefined == ()


FAULTS = {
    "a = {\n  b = 1\n  c = 2\n}": (3, "'}' expected near 'c'"),
    "a = 'x": (1, "a string is not closed on its line"),
    "\n\na = = 1": (3, "unexpected '='"),
    "a = 3x": (1, "malformed number"),
    "a = 0x": (1, "malformed number"),
    "a = 1..2": (1, "malformed number"),
    "a = 1 @": (1, "a character is not valid in Lua"),
    "if = 1": (1, "unexpected 'if'"),
    "a = {": (1, "unexpected end of the file"),
    "a = (1": (1, "')' expected at the end"),
    "if true then\na = 1": (2, "'end' expected at the end"),
    "a = 1 end": (1, "unexpected 'end'"),
    "return 1 a = 2": (1, "unexpected 'a'"),
    "a": (1, "unexpected end of the file"),
    "a = {} a.b": (1, "'=' expected at the end"),
    "a = '\\q'": (1, "invalid escape sequence '\\q'"),
    "--[[": (1, "a long comment is never closed"),
    "\ufeffa = 1": (1, "the file begins with a byte order mark, which Lua refuses"),
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_names_its_line_and_reason(text: str) -> None:
    """What is not Lua is told with the line and in words."""
    with pytest.raises(LuaSyntaxError) as caught:
        parse(text.encode())
    assert (caught.value.line, caught.value.brief) == FAULTS[text]


def test_a_fault_is_marked_in_the_text() -> None:
    """The detail shows the line with a caret under the fault, safe for a terminal."""
    with pytest.raises(LuaSyntaxError) as caught:
        parse(b"a = 1\n\tb = '\x1b[2J' }\n")
    assert caught.value.detail == "line 2, column 13:\n   b = '?[2J' }\n              ^"


def test_a_fault_can_be_placed_in_a_file() -> None:
    """The brief then begins with path and line, and all else stays."""
    with pytest.raises(LuaSyntaxError) as caught:
        parse(b"\n=")
    placed = caught.value.in_file("x.rockspec")
    assert placed.brief == "x.rockspec:2: unexpected '='"
    assert (placed.line, placed.detail) == (2, caught.value.detail)


def test_a_call_with_two_values_is_declined_where_both_count() -> None:
    """gsub also gives a count; only where it is dropped can it be overlooked."""
    assert parse(b"a = ('x'):gsub('x', 'y')").globals == {"a": "y"}
    for text in (b"a = {('x'):gsub('x', 'y')}", b"a, b = ('x'):gsub('x', 'y')"):
        with pytest.raises(NotLiteral):
            parse(text)


def test_float_signs_survive() -> None:
    """Minus zero stays minus zero, as Lua keeps it."""
    value = value_of("-0.0")
    assert isinstance(value, float)
    assert math.copysign(1, value) == -1


@pytest.mark.parametrize(
    "statement",
    [
        *("while x do end", "for i = 1, 2 do end", "repeat until x", "function f() end"),
        *("goto x", "::x::", "(f)()", "local function f() end", "f()", "f 'a'", "a.b()"),
        *("a = 1 f()", "local x <close> = 1", "local _ENV = {}", "_ENV = {}", "_ENV.a = 1"),
    ],
)
def test_a_statement_that_is_computed_is_declined(statement: str) -> None:
    """It may be Lua, but only an interpreter can run it."""
    with pytest.raises(NotLiteral):
        parse(statement.encode())


@pytest.mark.parametrize("statement", ["f()", "f 'x'", "t = {} t.f()", "t = {} t.f {}"])
def test_a_call_as_a_statement_is_for_an_interpreter(statement: str) -> None:
    """The reason says so, whether a name is called or a field."""
    with pytest.raises(NotLiteral) as raised:
        parse(statement.encode())
    assert raised.value.brief == "a call is computed, not literal"
