"""A place in the tokens of one file, and how a token is refused there."""

from __future__ import annotations

from typing import NoReturn

from distrorocks.lua.fault import LuaSyntaxError, NotLiteral, marked, position
from distrorocks.lua.scan import KEYWORDS, offset_of
from distrorocks.lua.value import LuaTable, LuaValue

MAX_DEPTH = 100
"""Tables, parentheses and blocks within each other; Lua's own limit is 200."""

COPIED_TEXT = 8 * 1024 * 1024
"""Characters that a file may make by naming strings again or joining them."""


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
        """Raise ``LuaSyntaxError`` at a word."""
        offset = offset_of(self.text, at)
        line = position(self.text, offset)[0]
        raise LuaSyntaxError(brief, line=line, detail=marked(self.text, offset))

    def decline(self, at: int, brief: str) -> NoReturn:
        """Raise ``NotLiteral`` at a word."""
        offset = offset_of(self.text, at)
        line = position(self.text, offset)[0]
        raise NotLiteral(brief, line=line, detail=marked(self.text, offset))

    def unexpected(self, at: int) -> NoReturn:
        """Raise ``LuaSyntaxError`` for a token that cannot stand where it does."""
        word = self.tokens[at]
        self.refuse(at, f"unexpected {word[:40]!r}" if word else "unexpected end of the file")

    def expect(self, at: int, word: str) -> int:
        """Return the number after ``at``, where ``word`` must stand."""
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
        """Count one level of nesting; ``LuaSyntaxError`` where there are too many."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse(at, f"nested more than {MAX_DEPTH} levels deep")

    def copy(self, at: int, value: LuaValue) -> LuaValue:
        """Return ``value``, counting what it adds when the file's values are written out."""
        if type(value) is str:
            self.copied += len(value)
            if self.copied > COPIED_TEXT:
                self.refuse(at, f"the file makes more than {COPIED_TEXT} characters of copies")
        elif type(value) is dict:
            self.is_graph = True
        return value
