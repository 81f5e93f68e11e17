"""Lua text becomes tokens, and errors show their place."""

from __future__ import annotations

import pytest

from distrorocks.lua import scan as module
from distrorocks.lua.scan import (
    COPIED_TEXT,
    KEYWORDS,
    MAX_DEPTH,
    Cursor,
    LuaSyntaxError,
    LuaTextError,
    NotLiteral,
    marked,
    offset_of,
    position,
    printable,
    scan,
    spans,
)


def tokens(text: str) -> list[str]:
    """Return the tokens of a text without the empty ones at the end."""
    found = scan(text)
    assert found[-4:] == [""] * 4
    return found[:-4]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \t\n\v\f\r", []),
        ("a=b", ["a", "=", "b"]),
        ("a==b", ["a", "==", "b"]),
        ("_a1 -- c\nb", ["_a1", "b"]),
        ("a--b", ["a"]),
        ("a--[[b\nc]]d", ["a", "d"]),
        ("a--[=[b]]c]=]d", ["a", "d"]),
        ("a--[==[b]=]c]==]d", ["a", "d"]),
        ("a--[===[b]==]c]===]d", ["a", "d"]),
        ("a--[b\nc", ["a", "c"]),
        ("x = [[a]b]]", ["x", "=", "[[a]b]]"]),
        ("x = [=[a]]b]=]", ["x", "=", "[=[a]]b]=]"]),
        ("x = [==[a]=]b]==]", ["x", "=", "[==[a]=]b]==]"]),
        ("x = [====[a]===]]====]", ["x", "=", "[====[a]===]]====]"]),
        (r"'a\'b' 'c'", [r"'a\'b'", "'c'"]),
        (r'"a\"b" "c\\"', [r'"a\"b"', r'"c\\"']),
        ("'a\\\nb'", ["'a\\\nb'"]),
        ("'a\\z \n b'", ["'a\\z \n b'"]),
        ("1.5e+3x", ["1.5e+3x"]),
        (".5..a", [".5..a"]),
        ("0x1P-2 3e-2", ["0x1P-2", "3e-2"]),
        ("a..b...c", ["a", "..", "b", "...", "c"]),
        ("a[b[1]]", ["a", "[", "b", "[", "1", "]", "]"]),
        ("<=>=~=//<<>>::", ["<=", ">=", "~=", "//", "<<", ">>", "::"]),
        ("+-*/%^#&~|<(>)={};:,.", list("+-*/%^#&~|<(>)={};:,.")),
    ],
)
def test_text_becomes_tokens(text: str, expected: list[str]) -> None:
    """Blanks and comments separate them; the longest operator is one token."""
    assert tokens(text) == expected
    assert [text[start:end] for start, end in spans(text)] == expected


def test_keywords_are_those_of_lua_5_3() -> None:
    """As section 3.1 of the manual lists them."""
    assert " ".join(sorted(KEYWORDS)) == (
        "and break do else elseif end false for function goto if in local nil not or repeat "
        "return then true until while"
    )


@pytest.mark.parametrize(
    ("text", "brief"),
    [
        ("a = 'x", "a string is not closed on its line"),
        ('a = "x\n"', "a string is not closed on its line"),
        ("a --[[ x", "a long comment is never closed"),
        ("a = [[ x", "a long string is never closed"),
        ("a = [==[ x ]=]", "a long string is never closed"),
        ("\ufeffa", "the file begins with a byte order mark, which Lua refuses"),
        ("a\ufeff", "a character is not valid in Lua"),
        ("a = $", "a character is not valid in Lua"),
        ("a = é", "a character is not valid in Lua"),
    ],
)
def test_text_without_tokens_is_refused(text: str, brief: str) -> None:
    """The error names the kind of fault."""
    with pytest.raises(LuaSyntaxError) as raised:
        scan(text)
    assert raised.value.brief == brief


def test_an_error_has_the_line_of_the_first_invalid_character() -> None:
    """Also if it is the first of the file."""
    for text, line in (("a\nb = $ c\n", 2), ("$", 1)):
        with pytest.raises(LuaSyntaxError) as raised:
            scan(text)
        assert raised.value.line == line
        assert raised.value.detail.endswith("^")


def test_fields_and_items_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Braces, commas, semicolons and equals signs are counted, only in large files."""
    monkeypatch.setattr(module, "MAX_SEPARATORS", 4)
    assert tokens("{,;=") == ["{", ",", ";", "="]
    assert tokens("a b c d e f")
    for text in ("{{{{{", ",,,,,", ";;;;;", "=;=;="):
        with pytest.raises(LuaSyntaxError, match="more than 4 fields and items"):
            scan(text)


def test_a_position_counts_from_one() -> None:
    """Line and column of the first, a middle and the last character."""
    text = "ab\ncd\n"
    assert [position(text, offset) for offset in (0, 1, 3, 4, 6)] == [
        *((1, 1), (1, 2), (2, 1), (2, 2), (3, 1)),
    ]


def test_control_characters_are_not_printed() -> None:
    """White space is a blank, anything else a question mark, so that columns stay."""
    assert printable("a\tb\r\nc\x1b[d\x00é") == "a b  c?[d?é"


@pytest.mark.parametrize(
    ("text", "offset", "expected"),
    [
        ("ab\ncde\nf", 4, "line 2, column 2:\n  cde\n   ^"),
        ("abc", 0, "line 1, column 1:\n  abc\n  ^"),
        ("abc", 3, "line 1, column 4:\n  abc\n     ^"),
        ("x" * 36 + "y", 36, f"line 1, column 37:\n  {'x' * 36}y\n  {' ' * 36}^"),
        (
            "x" * 100 + "y" + "z" * 100,
            100,
            f"line 1, column 101:\n  {'x' * 36}y{'z' * 35}\n  {' ' * 36}^",
        ),
    ],
)
def test_a_mark_is_under_its_character(text: str, offset: int, expected: str) -> None:
    """At most 72 columns are shown, and at most 36 before the mark."""
    assert marked(text, offset) == expected


@pytest.mark.parametrize(("line", "brief"), [(5, "a.lua:5: no"), (0, "a.lua: no")])
def test_an_error_can_name_its_file(line: int, brief: str) -> None:
    """Kind, line, detail and hint stay; an unknown line is left out."""
    error = NotLiteral("no", line=line, detail="d", hint="h").in_file("a.lua")
    assert isinstance(error, NotLiteral)
    assert (error.brief, error.line, error.detail, error.hint) == (brief, line, "d", "h")
    assert LuaTextError("x").line == 0


def test_the_offset_of_a_token_is_its_first_character() -> None:
    """An index after the last token is the end of the text."""
    text = " a --c\n = [[x]] "
    assert [offset_of(text, index) for index in range(5)] == [1, 8, 10, 16, 16]


def cursor(text: str) -> Cursor:
    """Return a cursor over a text."""
    return Cursor(text, scan(text), {})


def test_a_cursor_refuses_and_declines_at_a_token() -> None:
    """Both have the line and the mark."""
    for method, kind in ((Cursor.refuse, LuaSyntaxError), (Cursor.decline, NotLiteral)):
        with pytest.raises(kind) as raised:
            method(cursor("a\n= b"), 2, "no")
        assert (raised.value.brief, raised.value.line) == ("no", 2)
        assert raised.value.detail == "line 2, column 3:\n  = b\n    ^"


@pytest.mark.parametrize(
    ("text", "unexpected", "expected"),
    [
        ("b", "unexpected 'b'", "'=' expected near 'b'"),
        ("", "unexpected end of the file", "'=' expected at the end"),
        ("x" * 50, f"unexpected '{'x' * 40}'", f"'=' expected near '{'x' * 40}'"),
    ],
)
def test_a_wrong_token_is_named(text: str, unexpected: str, expected: str) -> None:
    """At most 40 characters of it."""
    with pytest.raises(LuaSyntaxError) as raised:
        cursor(text).unexpected(0)
    assert raised.value.brief == unexpected
    with pytest.raises(LuaSyntaxError) as raised:
        cursor(text).expect(0, "=")
    assert raised.value.brief == expected
    assert cursor("=").expect(0, "=") == 1


def test_a_name_is_no_keyword() -> None:
    """Nor a number, a string or the end of the file."""
    assert cursor("_a1").name(0) == "_a1"
    for text in ("end", "1", "'a'", "", "="):
        with pytest.raises(LuaSyntaxError, match="unexpected"):
            cursor(text).name(0)


def test_nesting_and_copies_are_limited() -> None:
    """Each limit is still allowed; tables that are used twice are noted."""
    found = cursor("a")
    for _ in range(MAX_DEPTH):
        found.deeper(0)
    with pytest.raises(LuaSyntaxError, match="more than 100 levels"):
        found.deeper(0)
    text = "x" * (COPIED_TEXT // 2)
    assert found.copy(0, text) is found.copy(0, text)
    assert found.copy(0, 5) == 5
    assert not found.is_graph
    with pytest.raises(LuaSyntaxError, match=r"copies more than 8388608 characters of text"):
        found.copy(0, "x")
    found.copy(0, {})
    assert found.is_graph
