"""Find the names of Lua's API that C source uses when it is compiled for one Lua version.

Conditions of ``#if`` are evaluated to true, false or unknown (None), by the rules of ISO C,
"Conditional inclusion". ``LUA_VERSION_NUM`` is known, and for some names whether they are macros.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from distrorocks.packaging.code.lua_api import NAME, LuaApi
from distrorocks.values import NamedTuple

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
    """A condition cannot be parsed."""


def condition(text: str, version_number: int, is_macro: IsMacro) -> bool | None:
    """Return whether a condition holds for a value of ``LUA_VERSION_NUM``, such as 503."""
    reader = _ConditionReader(_TOKEN.findall(text.strip()), version_number, is_macro)
    try:
        value = reader.either()
        return None if value is None or reader.tokens else bool(value)
    except _UnreadError:
        return None


class _ConditionReader:
    """A recursive descent parser of conditions; values are numbers, or None if unknown."""

    def __init__(self, tokens: list[str], version_number: int, is_macro: IsMacro) -> None:
        self.tokens = tokens[::-1]
        self.version_number = version_number
        self.is_macro = is_macro
        self.depth = 0

    def either(self) -> int | None:
        """Parse ``a || b``: true if one side is, even if the other is unknown."""
        value = self.both()
        while self._accept("||"):
            other = self.both()
            value = 1 if value or other else None if None in (value, other) else 0
        return value

    def both(self) -> int | None:
        """Parse ``a && b``: false if one side is, even if the other is unknown."""
        value = self.comparison()
        while self._accept("&&"):
            other = self.comparison()
            value = 0 if 0 in (value, other) else None if None in (value, other) else 1
        return value

    def comparison(self) -> int | None:
        """Parse a comparison of two values."""
        value = self.one()
        if self.tokens and self.tokens[-1] in _COMPARISONS:
            compare = _COMPARISONS[self.tokens.pop()]
            other = self.one()
            return None if value is None or other is None else int(compare(value, other))
        return value

    def one(self) -> int | None:
        """Parse a number, a name, ``defined``, ``!`` or an expression in parentheses."""
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
        """Parse ``defined NAME`` or ``defined(NAME)``."""
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
    """Return the value of an integer constant; raise ``_UnreadError`` if it is invalid in C."""
    try:
        return int(word.rstrip("uUlL"), 8 if word[0] == "0" and word.isdigit() else 10)
    except ValueError:  # "08", or more digits than Python reads
        raise _UnreadError from None


_DIRECTIVE = re.compile(r"\s*#\s*(\w+)\s*(.*)")
_DEFINE = re.compile(r"\s*#\s*define\s+(\w+)")
_FUNCTION = re.compile(
    r"^[ \t]*(?!(?:case|do|else|for|if|return|switch|while)\b)"
    r"(?:\w[\w \t*]*?[ \t*])\(?((?:lua|luaL)_\w+)\)?[ \t]*\([^;{}]*(?:\{|\Z)"
)
_TYPE = re.compile(r"\btypedef\b[^;]*?\b((?:luaL?|LUAI?)_\w+)[ \t]*;")
_POINTER = re.compile(r"\btypedef\b[^;()]*\([ \t]*\*[ \t]*((?:luaL?|LUAI?)_\w+)[ \t]*\)[ \t]*\(")
_STRUCTURE = re.compile(r"\bstruct[ \t]+(luaL?_\w+)[ \t]*\{")
_INCLUDE = re.compile(r"[\"<]([^\">]+)[\">]")
# Names reserved for Lua: one that its headers do not declare is no macro.
_OF_LUA = re.compile(r"(?:luaL?|LUA_(?:NUMBER|COMPAT|VERSION))_\w+")
_LONGEST = 2000  # no function head is longer, and searching longer lines is slow
_CLOSED = re.compile(r"\)[^;{}]*;")


class CReading(NamedTuple):
    """The names of the API used, by the line of their first certain use, and those defined.

    ``included`` are headers that may be included. ``refusal`` is the line of an ``#error`` that is
    certainly reached, 0 if there is none.
    """

    used: dict[str, int]
    brought: frozenset[str]
    included: frozenset[str]
    refusal: int


class _Branch(NamedTuple):
    """An open ``#if``: whether its current branch is compiled, and whether an earlier one was.

    None is unknown.
    """

    now: bool | None
    before: bool | None


def read_c(lines: Sequence[tuple[int, str]], version: str, api: LuaApi) -> CReading:
    """Return the reading of a file's bare lines for a Lua version, such as "5.3".

    A use counts if it is certainly compiled, a definition if it may be.
    """
    reader = _Reader(version, api)
    for index, (number, line) in enumerate(lines):
        if directive := _DIRECTIVE.match(line):
            below = lines[index + 1][1] if index + 1 < len(lines) else ""
            reader.directive(number, directive[1], directive[2], below)
        elif "_" in line:  # as in all names of the API
            reader.code(number, line, (after for _, after in lines[index + 1 : index + 4]))
    brought, included = frozenset(reader.brought), frozenset(reader.included)
    return CReading(reader.used, brought, included, reader.refusal)


class _Reader:
    """Reads lines in order, and keeps track of which are compiled."""

    def __init__(self, version: str, api: LuaApi) -> None:
        self.version, self.api = version, api
        major, _, minor = version.partition(".")
        self.number = int(major) * 100 + int(minor)
        self.used: dict[str, int] = {}
        self.brought: set[str] = set()
        self.included: set[str] = set()
        self.defined: set[str] = set()
        self.open: list[_Branch] = []
        self.refusal = 0

    def directive(self, number: int, word: str, rest: str, below: str) -> None:
        """Process a preprocessor directive; ``below`` is the next line."""
        if word in ("if", "ifdef", "ifndef"):
            self.open.append(_Branch(self._holds(word, rest, below), False))
        elif word in ("elif", "else") and self.open:
            now, before = self.open.pop()
            before = True if True in (now, before) else None if None in (now, before) else False
            holds = True if word == "else" else self._holds("if", rest, "")
            if before is None and holds:
                holds = None
            self.open.append(_Branch(False if before else holds, before))
        elif word == "endif" and self.open:
            self.open.pop()
        elif word == "define" and self._is_compiled() is not False:
            name = re.split(r"\W", rest, maxsplit=1)[0]
            self.brought.add(name)
            if self._is_compiled():
                self.defined.add(name)
        elif word == "include" and self._is_compiled() is not False:
            self.included.update(_INCLUDE.findall(rest))
        elif word == "undef" and self._is_compiled():
            self.defined.discard(rest.strip())
        elif word == "error" and self._is_compiled():
            self.refusal = self.refusal or number

    def code(self, number: int, line: str, after: Iterable[str]) -> None:
        """Process a line of code."""
        state = self._is_compiled()
        if state is False:
            return
        if name := _defined_by(line, after):
            self.brought.add(name)
        elif state:
            for name in NAME.findall(line):
                if name not in self.defined:
                    self.used.setdefault(name, number)

    def _holds(self, word: str, rest: str, below: str) -> bool | None:
        if word == "if":
            return condition(rest, self.number, self._is_macro)
        name = rest.strip()
        guard = _DEFINE.match(below) if word == "ifndef" else None
        if guard and guard[1] == name and self.api.is_macro(name, self.version) is None:
            return True  # an include guard
        asked = f"defined({name})" if word == "ifdef" else f"!defined({name})"
        return condition(asked, self.number, self._is_macro)

    def _is_macro(self, name: str) -> bool | None:
        if name in self.defined:
            return True
        known = self.api.is_macro(name, self.version)
        if known is None and self.api.names and _OF_LUA.fullmatch(name):
            return None if name in self.brought else False
        return known

    def _is_compiled(self) -> bool | None:
        states = [branch.now for branch in self.open]
        return False if False in states else None if None in states else True


def _defined_by(line: str, after: Iterable[str]) -> str:
    """Return the API name that a line defines as a function or type, "" if none."""
    if len(line) > _LONGEST:
        return ""
    function = _FUNCTION.match(line)
    if function and _is_definition(line, after):
        return function[1]
    kind = _TYPE.search(line) or _POINTER.search(line) or _STRUCTURE.search(line)
    return kind[1] if kind else ""


def _is_definition(line: str, after: Iterable[str]) -> bool:
    """Return whether a function head is followed by a body."""
    for each in (line, *after):
        if "{" in each:
            return not _CLOSED.search(each.partition("{")[0])
        if ";" in each:
            return False
    return False
