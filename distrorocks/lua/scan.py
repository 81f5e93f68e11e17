"""Tokens of Lua text, and the errors of reading it.

The tokenizer is one regular expression, in linear time. A token is a plain string whose first
character determines its kind. Names and keywords begin with a letter or ``_``, numbers with a digit
(or ``.`` and a digit), strings with a quote, long strings with ``[[`` or ``[=``; anything else is
an operator. The list ends with empty strings. Rules: Lua 5.3 reference manual, section 3.1 (lexical
conventions).

``Cursor`` navigates the tokens of one file and raises errors at a position.
"""

from __future__ import annotations

import re
from functools import cache

from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaTable, LuaValue
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NoReturn, TypeVar

    Fault = TypeVar("Fault", bound="LuaTextError")

WINDOW = 72
"""Columns of a source line shown around an error; real files have lines of a megabyte."""


class LuaTextError(DistrorocksError):
    """A text was refused at ``line`` (from 1; 0 if unknown)."""

    def __init__(self, brief: str, *, line: int = 0, detail: str = "", hint: str = "") -> None:
        super().__init__(brief, detail=detail, hint=hint)
        self.line = line

    def in_file(self: Fault, path: str) -> Fault:
        """Return the same error with file and line prefixed to its brief."""
        place = f"{path}:{self.line}" if self.line else path
        brief = f"{place}: {self.brief}"
        return type(self)(brief, line=self.line, detail=self.detail, hint=self.hint)


class LuaSyntaxError(LuaTextError):
    """The text is not Lua 5.3, or exceeds a limit far above those of real files."""


class NotLiteral(LuaTextError):  # noqa: N818 - a limit of the reader, not an error of the text
    """The text may be valid Lua, but needs more than the strict parser evaluates."""


def position(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, both from 1, of a character of ``text``."""
    start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, offset - start + 1


def printable(text: str) -> str:
    """Return ``text`` with a space or ``?`` for each terminal control character."""
    return "".join(
        char if char.isprintable() else " " if char in "\t\r\n" else "?" for char in text
    )


def marked(text: str, offset: int) -> str:
    """Return the line of ``text`` around ``offset``, safe to print, with a caret under it."""
    line, column = position(text, offset)
    start = offset - column + 1
    end = text.find("\n", offset)
    if end < 0:
        end = len(text)
    left = max(start, offset - WINDOW // 2)
    shown = text[left : min(end, left + WINDOW)]
    return f"line {line}, column {column}:\n  {printable(shown)}\n  {' ' * (offset - left)}^"


KEYWORDS = frozenset(
    {"and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if"}
    | {"in", "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while"}
)

# Python before 3.11.5 mishandles possessive groups with alternatives inside (gh-106052), and
# Debian 12 has 3.11.2. So each alternative is decided by its first character, and what follows
# a repetition cannot match the repeated part: then there is no backtracking.
_SPACE = r"[ \t\n\v\f\r]"
_STRING = (
    r"{q}[^{q}\\\n\r]*"
    r"(?:\\(?:z{s}*(?!{s})|\r\n|\n\r|\r(?!\n)|\n(?!\r)|[^z\r\n])[^{q}\\\n\r]*)*{q}"
)
_STRINGS = (_STRING.format(q='"', s=_SPACE), _STRING.format(q="'", s=_SPACE))
_NUMBER = r"0[xX](?:[pP][+-]?|[\w.])*|\.?[0-9](?:[eE][+-]?|[\w.])*"
_OPERATOR = r"\.\.\.?|==|~=|<=|>=|//|<<|>>|::|\[(?!=*\[)|[-+*/%^\#&~|<>=(){}\];:,.]"


_USUAL = (r"[,{}\];)]", r"[A-Za-z_]\w*", r'"[^"\\\n\r]*"', r"=(?!=)")
"""The most frequent tokens, tried first."""


def _pattern(comment: str, long_string: str) -> re.Pattern[str]:
    """Return the pattern of white space and comments before a token, then the token as group 1.

    Only the end of the text matches the empty token. Invalid text is one token up to the end, so
    that a text with an unclosed string is scanned once, not once per line.
    """
    blank = rf"{_SPACE}*(?:(?:--(?!\[=*\[)[^\n\r]*|{comment}){_SPACE}*)*"
    token = "|".join(
        [
            *_USUAL,
            *_STRINGS,
            _NUMBER,
            _OPERATOR,
            long_string,
            r".+",
            r"\Z",
        ]
    )
    return re.compile(f"{blank}(?P<token>{token})", re.ASCII | re.DOTALL)


# Compiling them takes as long as reading a small file: only those that a text needs are.


@cache
def _low_levels() -> re.Pattern[str]:
    """Return the pattern for a text without long brackets of a level above two."""
    return _pattern(
        r"--\[\[.*?\]\]|--\[=\[.*?\]=\]|--\[==\[.*?\]==\]",
        r"\[\[.*?\]\]|\[=\[.*?\]=\]|\[==\[.*?\]==\]",
    )


@cache
def _any_level() -> re.Pattern[str]:
    """Return the pattern for any text."""
    return _pattern(r"--\[(?P<c>=*)\[.*?\](?P=c)\]", r"\[(?P<s>=*)\[.*?\](?P=s)\]")


@cache
def _token() -> re.Pattern[str]:
    """Return the pattern of one valid token."""
    long_string = r"\[(?P<s>=*)\[.*?\](?P=s)\]"
    tokens = [r"[A-Za-z_]\w*", *_STRINGS, _NUMBER, _OPERATOR, long_string]
    return re.compile("|".join(tokens), re.ASCII | re.DOTALL)


MAX_SEPARATORS = 6_000_000
"""Braces, commas, semicolons and equals signs in one text; 30 MB of manifest have 3.5 million."""

_SENTINELS = ["", "", "", ""]


def scan(text: str) -> list[str]:
    """Return the tokens of ``text`` and four empty ones, so that looking ahead is safe.

    Raise ``LuaSyntaxError`` for invalid text, such as an unclosed string.
    """
    if len(text) > MAX_SEPARATORS and sum(map(text.count, "{,;=")) > MAX_SEPARATORS:
        raise LuaSyntaxError(f"the file has more than {MAX_SEPARATORS} fields and items")
    if "[===" in text:
        tokens = [match["token"] for match in _any_level().finditer(text)]
    else:
        tokens = _low_levels().findall(text)
    while tokens and not tokens[-1]:
        tokens.pop()
    if tokens and tokens[-1] != "}" and not _token().fullmatch(tokens[-1]):
        refuse_scan(text, tokens[-1])
    return tokens + _SENTINELS


def refuse_scan(text: str, rest: str) -> None:
    """Raise the error for ``rest``, the end of ``text`` from the first invalid token on."""
    offset = len(text) - len(rest)
    before = text[:offset]
    if rest[0] in "\"'":
        brief = "a string is not closed on its line"
    elif before.endswith("--"):
        brief = "a long comment is never closed"
    elif rest[0] == "[":
        brief = "a long string is never closed"
    elif rest[0] == "\ufeff" and not offset:
        brief = "the file begins with a byte order mark, which Lua refuses"
    else:
        brief = "a character is not valid in Lua"
    raise LuaSyntaxError(brief, line=position(text, offset)[0], detail=marked(text, offset))


def spans(text: str) -> list[tuple[int, int]]:
    """Return the start and end offsets of each token."""
    found = [match.span("token") for match in _any_level().finditer(text)]
    return [(start, end) for start, end in found if end > start]


def offset_of(text: str, index: int) -> int:
    """Return the offset of the token at ``index``, or the end of the text."""
    for number, match in enumerate(_any_level().finditer(text)):
        if number == index:
            return match.start("token")
    return len(text)


MAX_DEPTH = 100
"""The nesting limit of tables, parentheses and blocks; Lua's own is 200."""

COPIED_TEXT = 8 * 1024 * 1024
"""The limit of characters created by reusing or concatenating strings."""


class Cursor:
    """The tokens of one file with the variables set so far."""

    __slots__ = (
        "copied",
        "depth",
        "globals",
        "is_graph",
        "live",
        "pair_at",
        "scopes",
        "text",
        "tokens",
        "undefined",
    )

    def __init__(self, text: str, tokens: list[str], variables: LuaTable) -> None:
        self.text = text
        self.tokens = tokens
        self.globals = variables
        self.scopes: list[dict[str, LuaValue]] = [{}]
        self.undefined: dict[str, None] = {}
        self.live = True
        self.depth = 0
        self.copied = 0
        self.is_graph = False
        self.pair_at = -1

    def refuse(self, at: int, brief: str) -> NoReturn:
        """Raise ``LuaSyntaxError`` at a token."""
        offset = offset_of(self.text, at)
        line = position(self.text, offset)[0]
        raise LuaSyntaxError(brief, line=line, detail=marked(self.text, offset))

    def decline(self, at: int, brief: str) -> NoReturn:
        """Raise ``NotLiteral`` at a token."""
        offset = offset_of(self.text, at)
        line = position(self.text, offset)[0]
        raise NotLiteral(brief, line=line, detail=marked(self.text, offset))

    def unexpected(self, at: int) -> NoReturn:
        """Raise ``LuaSyntaxError`` for an unexpected token."""
        word = self.tokens[at]
        self.refuse(at, f"unexpected {word[:40]!r}" if word else "unexpected end of the file")

    def expect(self, at: int, word: str) -> int:
        """Return the index after ``at``; raise unless the token there is ``word``."""
        if self.tokens[at] != word:
            found = self.tokens[at][:40]
            self.refuse(
                at,
                f"{word!r} expected near {found!r}" if found else f"{word!r} expected at the end",
            )
        return at + 1

    def name(self, at: int) -> str:
        """Return the token at ``at``, which must be a name."""
        word = self.tokens[at]
        if not word.isidentifier() or word in KEYWORDS:
            self.unexpected(at)
        return word

    def deeper(self, at: int) -> None:
        """Count one level of nesting; raise ``LuaSyntaxError`` beyond the limit."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse(at, f"nested more than {MAX_DEPTH} levels deep")

    def copy(self, at: int, value: LuaValue) -> LuaValue:
        """Return ``value``, counting the text it adds when the file's values are written out."""
        if type(value) is str:
            self.copied += len(value)
            if self.copied > COPIED_TEXT:
                self.refuse(at, f"the file copies more than {COPIED_TEXT} characters of text")
        elif type(value) is dict:
            self.is_graph = True
        return value
