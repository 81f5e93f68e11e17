"""The conditions of ``#if``, for one Lua version: true, false, or not known.

Known are ``LUA_VERSION_NUM``, and of names whether they are macros, as far as somebody tells.
Rules: ISO C, "Conditional inclusion"; ``None`` is what neither C nor we know.
"""

from __future__ import annotations

import re
from collections.abc import Callable

IsMacro = Callable[[str], bool | None]
VERSION_NUMBER = "LUA_VERSION_NUM"

_TOKEN = re.compile(r"\s*(\d+[uUlL]*|[A-Za-z_]\w*|&&|\|\||[<>=!]=|.)")
_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
_DEEPEST = 50


class _UnreadError(Exception):
    """The condition has something that is not understood."""


def condition(text: str, version_number: int, is_macro: IsMacro) -> bool | None:
    """Return whether a condition holds where ``LUA_VERSION_NUM`` is a number, such as 503."""
    reader = _Reader(_TOKEN.findall(text.strip()), version_number, is_macro)
    try:
        value = reader.either()
        return None if value is None or reader.tokens else bool(value)
    except _UnreadError:
        return None


class _Reader:
    """Reads an expression by descent; a value is a number or None, which spreads."""

    def __init__(self, tokens: list[str], version_number: int, is_macro: IsMacro) -> None:
        self.tokens = tokens[::-1]
        self.version_number = version_number
        self.is_macro = is_macro
        self.depth = 0

    def either(self) -> int | None:
        """Read ``a || b``: true where one is, whatever the other."""
        value = self.both()
        while self._accept("||"):
            other = self.both()
            value = 1 if value or other else None if None in (value, other) else 0
        return value

    def both(self) -> int | None:
        """Read ``a && b``: false where one is, whatever the other."""
        value = self.comparison()
        while self._accept("&&"):
            other = self.comparison()
            value = 0 if 0 in (value, other) else None if None in (value, other) else 1
        return value

    def comparison(self) -> int | None:
        """Read a comparison of two values."""
        value = self.one()
        if self.tokens and self.tokens[-1] in _COMPARISONS:
            compare = _COMPARISONS[self.tokens.pop()]
            other = self.one()
            return None if value is None or other is None else int(compare(value, other))
        return value

    def one(self) -> int | None:
        """Read a number, a name, ``defined``, ``!`` or what stands in parentheses."""
        self.depth += 1
        if not self.tokens or self.depth > _DEEPEST:
            raise _UnreadError
        word = self.tokens.pop()
        value = self._value(word)
        self.depth -= 1
        return value

    def _value(self, word: str) -> int | None:
        if word == "!":
            value = self.one()
            return None if value is None else int(not value)
        if word == "(":
            value = self.either()
            self._expect(")")
            return value
        if word == "defined":
            return self._defined()
        if word[0].isdigit():
            return _number(word)
        if word == VERSION_NUMBER:
            return self.version_number
        if word[0].isalpha() or word[0] == "_":
            return None
        raise _UnreadError

    def _defined(self) -> int | None:
        """Read ``defined NAME`` or ``defined(NAME)``."""
        is_wrapped = self._accept("(")
        if not self.tokens:
            raise _UnreadError
        name = self.tokens.pop()
        if is_wrapped:
            self._expect(")")
        known = True if name == VERSION_NUMBER else self.is_macro(name)
        return None if known is None else int(known)

    def _accept(self, word: str) -> bool:
        if self.tokens and self.tokens[-1] == word:
            self.tokens.pop()
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._accept(word):
            raise _UnreadError


def _number(word: str) -> int:
    """Return the value of an integer constant; ``_UnreadError`` where it is none of C."""
    try:
        return int(word.rstrip("uUlL"), 8 if word[0] == "0" and word.isdigit() else 10)
    except ValueError:  # "08", or more digits than Python reads
        raise _UnreadError from None
