"""The assignments in a text, with their positions, for editing a file in place.

It works on tokens only: it reports positions and whether a value is a constant. The values after
the file ran are known only by evaluating it.
"""

from __future__ import annotations

from distrorocks.lua.literal import number_of, string_of
from distrorocks.lua.operators import BINARY
from distrorocks.lua.scan import KEYWORDS, scan, spans
from distrorocks.lua.value import LuaKey
from distrorocks.values import NamedTuple

_OPENS = frozenset({"do", "then", "function", "repeat"})
_CLOSES = frozenset({"end", "until", "elseif"})
_PAIRS = {"(": ")", "{": "}", "[": "]"}
_NO_TARGET = frozenset({"local", "for", ".", ":", "::", "goto"})
_GOES_ON = frozenset({"(", ".", "[", ":", "{", ","})
_CONSTANTS = frozenset({"true", "false", "nil"})


class Assignment(NamedTuple):
    """One assignment; ``path`` are the keys from the globals down.

    ``start`` is the offset of the statement or table field, ``begin`` and ``end`` delimit the
    value. ``is_literal`` means that it is a constant and always assigned.
    """

    path: tuple[LuaKey, ...]
    start: int
    begin: int
    end: int
    is_literal: bool
    is_field: bool


def assignments(text: str) -> list[Assignment]:
    """Return the assignments in a text in order, tables before their fields.

    Raise ``LuaSyntaxError`` if the text cannot be tokenized.
    """
    reader = _Reader(text)
    reader.statements()
    return sorted(reader.found, key=lambda each: (each.begin, -each.end))


class _Reader:
    """The tokens of one text, and the assignments found in them."""

    def __init__(self, text: str) -> None:
        self.tokens = scan(text)
        self.spans = [*spans(text), (len(text), len(text))]
        self.found: list[Assignment] = []
        # The last list of names that was checked: its last token, and whether it is assigned to.
        self.list_end, self.is_set = -1, False

    def statements(self) -> None:
        """Find the assignment statements."""
        at, depth = 0, 0
        while self.tokens[at]:
            word = self.tokens[at]
            depth += (word in _OPENS) - (word in _CLOSES)
            begins = not at or self.tokens[at - 1] not in _NO_TARGET
            after = self.target(at) if begins and self.is_name(at) else None
            if after is not None:
                path, equals = after
                is_live = depth == 0 and (not at or self.tokens[at - 1] != ",")
                at = self.value(path, at, equals + 1, is_live=is_live, is_field=False)
            elif word in _PAIRS:
                at = self.skip(at)
            else:
                self.several(at)
                at += 1

    def several(self, at: int) -> None:
        """Record a multiple assignment by its first name; its values are not literal."""
        if at > self.list_end:
            last = at
            while self.is_name(last) and self.tokens[last + 1] == ",":
                last += 2
            self.list_end, self.is_set = last, self.is_name(last) and self.tokens[last + 1] == "="
        if at < self.list_end and self.is_set and self.is_name(at):
            place = self.spans[at]
            path = (self.tokens[at],)
            self.found.append(Assignment(path, place[0], *place, False, False))

    def is_name(self, at: int) -> bool:
        """Return whether a token is a name."""
        word = self.tokens[at]
        return word.isidentifier() and word not in KEYWORDS

    def target(self, at: int) -> tuple[tuple[LuaKey, ...], int] | None:
        """Return the path of an assignment target with constant keys and its ``=``, or None."""
        path: list[LuaKey] = [self.tokens[at]]
        at += 1
        while self.tokens[at] in (".", "["):
            key, after = self.key(at)
            if key is None:
                return None
            path.append(key)
            at = after
        return (tuple(path), at) if self.tokens[at] == "=" else None

    def key(self, at: int) -> tuple[LuaKey | None, int]:
        """Return the key after ``.`` or in brackets, or None if it is computed."""
        if self.tokens[at] == ".":
            return self.tokens[at + 1], at + 2
        if self.tokens[at + 2] != "]":
            return None, at
        return self.constant(at + 1), at + 3

    def constant(self, at: int) -> LuaKey | None:
        """Return the string or number of a token, or None."""
        word = self.tokens[at]
        try:
            if word[:1] in ('"', "'") or word[:2] in ("[[", "[="):
                return string_of(word)
            return number_of(word) if word[:1].isdigit() else None
        except ValueError:
            return None

    def value(
        self, path: tuple[LuaKey, ...], start: int, at: int, *, is_live: bool, is_field: bool
    ) -> int:
        """Record the value that begins at a token; return the token after it."""
        after, is_literal = at + 1, True
        if self.tokens[at] == "{":
            after, is_literal = self.table(path, at, is_live=is_live)
        elif self.tokens[at] == "-" and self.constant(at + 1) is not None:
            after = at + 2
        elif self.constant(at) is None and self.tokens[at] not in _CONSTANTS:
            after, is_literal = at, False
        following = self.tokens[after]
        goes_on = following in BINARY or following in _GOES_ON - ({","} if is_field else set())
        if goes_on or following[:1] in ('"', "'"):
            is_literal = False
        end = self.spans[max(after - 1, at)][1]
        place = self.spans[start][0], self.spans[at][0], end
        self.found.append(Assignment(path, *place, is_literal and is_live, is_field))
        return after

    def table(self, path: tuple[LuaKey, ...], at: int, *, is_live: bool) -> tuple[int, bool]:
        """Record the fields of a table; return the token after it, and whether all are constant."""
        number, is_literal = 0, True
        at += 1
        while self.tokens[at] not in ("}", ""):
            start = at
            key: LuaKey | None
            if self.is_name(at) and self.tokens[at + 1] == "=":
                key, at = self.tokens[at], at + 2
            elif self.tokens[at] == "[" and self.tokens[at + 2 : at + 4] == ["]", "="]:
                key, at = self.constant(at + 1), at + 4
            else:
                number += 1
                key = number
            count = len(self.found)
            if key is not None:
                at = self.value((*path, key), start, at, is_live=is_live, is_field=True)
            mine = self.found[-1] if len(self.found) > count else None
            is_literal = is_literal and mine is not None and mine.is_literal
            while self.tokens[at] not in (",", ";", "}", ""):
                at = self.skip(at) if self.tokens[at] in _PAIRS else at + 1
            if self.tokens[at] in (",", ";"):
                at += 1
        return at + (self.tokens[at] == "}"), is_literal

    def skip(self, at: int) -> int:
        """Return the token after a matching pair of brackets."""
        waiting = [_PAIRS[self.tokens[at]]]
        at += 1
        while waiting and self.tokens[at]:
            word = self.tokens[at]
            if word in _PAIRS:
                waiting.append(_PAIRS[word])
            elif word == waiting[-1]:
                waiting.pop()
            at += 1
        return at
