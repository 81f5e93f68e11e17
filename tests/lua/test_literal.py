"""Numerals and strings have the values that Lua 5.3 gives them (manual, sections 3.1 and 3.4.3)."""

from __future__ import annotations

import math

import pytest

from distrorocks.lua.literal import MAX_INTEGER, number_of, number_text, string_of, wrapped


@pytest.mark.parametrize(
    ("token", "value"),
    [
        ("0", 0),
        ("007", 7),
        ("999999999999999999", 999999999999999999),
        ("9223372036854775807", MAX_INTEGER),
        ("0009223372036854775807", MAX_INTEGER),
        ("9223372036854775808", 9223372036854775808.0),
        ("00000000000000000000", 0),
        ("100000000000000000000", 1e20),
        ("3.", 3.0),
        (".5", 0.5),
        ("1e2", 100.0),
        ("1E+2", 100.0),
        ("25.5e-1", 2.55),
        ("1e999", math.inf),
        ("0x10", 16),
        ("0XfF", 255),
        ("0xffffffffffffffff", -1),
        ("0x1ffffffffffffffff", -1),
        ("0x7fffffffffffffff", MAX_INTEGER),
        ("0x.8", 0.5),
        ("0xA.8", 10.5),
        ("0x1p4", 16.0),
        ("0x1P-1", 0.5),
        ("0x1p99999", math.inf),
    ],
)
def test_a_numeral_has_its_value_and_its_type(token: str, value: float) -> None:
    """Decimal integers beyond 64 bits are floats, hexadecimal ones wrap around."""
    found = number_of(token)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "token", ["", "1e", "0x", "0x.", "1.2.3", "12a", "0x1g", "0xp1", ".", "1e+"]
)
def test_a_malformed_numeral_is_refused(token: str) -> None:
    """The message is Lua's."""
    with pytest.raises(ValueError, match="malformed number"):
        number_of(token)


@pytest.mark.parametrize(
    ("token", "value"),
    [
        ('"a"', "a"),
        ("'a\"'", 'a"'),
        (r'"\a\b\f\n\r\t\v"', "\a\b\f\n\r\t\v"),
        (r'"\\\"\'"', "\\\"'"),
        (r'"\x41\x7a"', "Az"),
        (r'"\65\0661\255"', "AB1\udcff"),
        (r'"\u{e9}\u{10FFFF}\u{0000041}\u{0}"', "é\U0010ffffA\0"),
        ('"a\\z \t\n\v\f\r b"', "ab"),
        ('"a\\\nb\\\r\nc\\\n\rd\\\re"', "a\nb\nc\nd\ne"),
        ("[[a]]", "a"),
        ("[==[a]]]==]", "a]]"),
        ("[[\na\n]]", "a\n"),
        ("[[\r\na\r\nb\rc\n\rd]]", "a\nb\nc\nd"),
        ("[[\n\na]]", "\na"),
        (r"[[a\n]]", r"a\n"),
    ],
)
def test_a_string_has_its_value(token: str, value: str) -> None:
    """Escapes count in quotes only; line ends are one line feed each."""
    assert string_of(token) == value


@pytest.mark.parametrize(
    ("token", "brief"),
    [
        (r'"\256"', "decimal escape too large"),
        (r'"\999"', "decimal escape too large"),
        (r'"\u{110000}"', "UTF-8 value too large"),
        (r'"\u{7FFFFFFF}"', "UTF-8 value too large"),
        (r'"\q"', r"invalid escape sequence '\\q'"),
        (r'"\xg0"', r"invalid escape sequence '\\x'"),
        (r'"\u{}"', r"invalid escape sequence '\\u'"),
    ],
)
def test_an_escape_that_lua_does_not_have_is_refused(token: str, brief: str) -> None:
    """The reason names it."""
    with pytest.raises(ValueError, match=brief):
        string_of(token)


@pytest.mark.parametrize(
    ("number", "result"),
    [
        (2**63, -(2**63)),
        (-(2**63) - 1, 2**63 - 1),
        (5, 5),
        (-5, -5),
        (2**64, 0),
        (MAX_INTEGER,) * 2,
    ],
)
def test_integers_wrap_around(number: int, result: int) -> None:
    """As signed integers of 64 bits do."""
    assert wrapped(number) == result


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "1"),
        (-1.0, "-1.0"),
        (0.1, "0.1"),
        (1e15, "1e+15"),
        (123456789012345.0, "1.2345678901234e+14"),
        (12345678901234.0, "12345678901234.0"),
        (float("inf"), "inf"),
    ],
)
def test_a_number_is_written_as_tostring_does(number: float, text: str) -> None:
    """A float has 14 digits; before Lua 5.3 nothing marks a whole one."""
    assert number_text(number) == text
    assert number_text(number, integral_mark=False) == text.removesuffix(".0")
