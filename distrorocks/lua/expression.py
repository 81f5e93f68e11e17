"""Expressions of literal Lua, evaluated while they are read.

Each method takes the index of the first token and returns a value and the index of the token after
it. In a branch that is not taken (``live`` is false) the text is parsed the same way, and every
value is ``nil``.
"""

from __future__ import annotations

from collections.abc import Callable

from distrorocks.lua.literal import number_of, string_of
from distrorocks.lua.operators import (
    BINARY,
    UNARY,
    UNARY_BINDS,
    arithmetic,
    comparison,
    concatenation,
    index,
    is_true,
    substitution,
    table_key,
    unary,
)
from distrorocks.lua.scan import KEYWORDS, Cursor
from distrorocks.lua.value import LuaTable, LuaValue

_CONSTANTS = {"nil": None, "true": True, "false": False}
_QUOTES = ('"', "'")
_ENDS = frozenset({",", "}", ";"})
_CALLS = frozenset({"(", ":", "{"})


class Expressions(Cursor):
    """The expressions of one file, with the variables set so far."""

    __slots__ = ()

    def expression(self, at: int, limit: int = 0) -> tuple[LuaValue, int]:
        """Return the value of an expression whose operators bind tighter than ``limit``."""
        tokens = self.tokens
        word = tokens[at]
        value: LuaValue
        if word == "{":
            value, after = self.table(at)
        elif word[:1] == '"' and "\\" not in word:
            value, after = word[1:-1], at + 1
        elif word in UNARY:
            self.deeper(at)
            value, after = self.expression(at + 1, UNARY_BINDS)
            self.depth -= 1
            value = self.computed(at, unary, word, value)
        else:
            value, after = self.operand(at)
        while (binds := BINARY.get(tokens[after], 0)) > limit:
            self.deeper(after)
            value, after = self.binary(value, after, binds)
            self.depth -= 1
        return value, after

    def binary(self, left: LuaValue, at: int, binds: int) -> tuple[LuaValue, int]:
        """Return the value of ``left``, the operator at ``at`` and its right operand."""
        sign = self.tokens[at]
        if sign == "..":
            return self.concatenate(left, at)
        if sign in ("and", "or"):
            live = self.live
            decided = is_true(left) is (sign == "or")
            self.live = live and not decided
            right, after = self.expression(at + 1, binds)
            self.live = live
            return (left if decided else right), after
        right, after = self.expression(at + 1, binds - 1 if sign == "^" else binds)
        rule = comparison if binds == BINARY["=="] else arithmetic
        return self.computed(at, rule, sign, left, right), after

    def concatenate(self, left: LuaValue, at: int) -> tuple[LuaValue, int]:
        """Return the value of a chain of ``..``, concatenated at once."""
        operands = [left]
        after = at
        while self.tokens[after] == "..":
            right, after = self.expression(after + 1, BINARY[".."])
            operands.append(right)
        return self.copy(at, self.computed(at, concatenation, operands)), after

    def computed(self, at: int, rule: Callable[..., LuaValue], *operands: object) -> LuaValue:
        """Return the result of ``rule`` (``nil`` in a dead branch), or raise ``NotLiteral``."""
        if not self.live:
            return None
        try:
            return rule(*operands)
        except ValueError as error:
            self.decline(at, str(error))

    def operand(self, at: int) -> tuple[LuaValue, int]:
        """Return the value of a constant, a table, a variable or an expression in parentheses."""
        word = self.tokens[at]
        first = word[:1]
        if first in _QUOTES or (first == "[" and len(word) > 1):
            return self.string(at), at + 1
        if word == "{":
            return self.table(at)
        if first.isdigit() or (first == "." and word[1:2].isdigit()):
            try:
                return number_of(word), at + 1
            except ValueError as error:
                self.refuse(at, str(error))
        if word in _CONSTANTS:
            return _CONSTANTS[word], at + 1
        if word in ("function", "..."):
            self.decline(at, f"{word} is computed, not literal")
        return self.suffixed(at)

    def string(self, at: int) -> str:
        """Return the value of the string token at ``at``."""
        try:
            return string_of(self.tokens[at])
        except ValueError as error:
            self.refuse(at, str(error))

    def suffixed(self, at: int) -> tuple[LuaValue, int]:
        """Return the value of a variable or a parenthesis and its ``.name``, ``[key]``."""
        tokens = self.tokens
        if tokens[at] == "(":
            self.deeper(at)
            value, after = self.expression(at + 1)
            after = self.expect(after, ")")
            self.depth -= 1
        else:
            value = self.copy(at, self.variable(at, self.name(at)))
            after = at + 1
        while True:
            if tokens[after] in (".", "["):
                key, place, after = self.key(after)
                value = self.copy(place, self.computed(place, index, value, key))
            elif self.is_call(after):
                value, after = self.call(value, after)
            else:
                return value, after

    def key(self, at: int) -> tuple[LuaValue, int, int]:
        """Return the key of ``.name`` or ``[key]`` at ``at``, its token, and the token after."""
        if self.tokens[at] == ".":
            return self.name(at + 1), at, at + 2
        self.deeper(at)
        key, after = self.expression(at + 1)
        self.depth -= 1
        return key, at, self.expect(after, "]")

    def is_call(self, at: int) -> bool:
        """Return whether the token at ``at`` starts the arguments of a call."""
        word = self.tokens[at]
        return word in _CALLS or word[:1] in _QUOTES or (word[:1] == "[" and len(word) > 1)

    def call(self, value: LuaValue, at: int) -> tuple[LuaValue, int]:
        """Return the result of a call: only ``:gsub("text", "text")`` is supported in a live
        branch.

        One real rockspec in seven has it, and no other call. It returns two values: ``pair_at``
        records where, for contexts that would use both.
        """
        if not self.live:
            return None, self.unmade_call(at)
        tokens = self.tokens
        if (
            tokens[at : at + 3] != [":", "gsub", "("]
            or tokens[at + 4] != ","
            or tokens[at + 6] != ")"
        ):
            self.decline(at, "a call is computed, not literal")
        if tokens[at + 3][:1] not in _QUOTES or tokens[at + 5][:1] not in _QUOTES:
            self.decline(at, "a call is computed, not literal")
        replaced = self.computed(at, substitution, value, self.string(at + 3), self.string(at + 5))
        self.pair_at = at + 7
        return self.copy(at, replaced), at + 7

    def unmade_call(self, at: int) -> int:
        """Return the index of the token after a call in a branch that is not taken."""
        tokens = self.tokens
        if tokens[at] == ":":
            self.name(at + 1)
            at += 2
        if tokens[at] == "(":
            if tokens[at + 1] == ")":
                return at + 2
            self.deeper(at)
            at = self.expression(at + 1)[1]
            while tokens[at] == ",":
                at = self.expression(at + 1)[1]
            self.depth -= 1
            return self.expect(at, ")")
        if tokens[at] == "{":
            return self.table(at)[1]
        if not self.is_call(at) or tokens[at] == ":":
            self.unexpected(at)
        return at + 1

    def variable(self, at: int, name: str) -> LuaValue:
        """Return the value of a local or global variable; record a global that is not set."""
        if name == "_ENV":
            self.decline(at, "_ENV is computed, not literal")
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        value = self.globals.get(name)
        if value is None and self.live:
            self.undefined[name] = None
        return value

    def table(self, at: int) -> tuple[LuaTable, int]:
        """Return the table whose ``{`` is at ``at``.

        Nearly all text takes this path, so the plain cases are inlined.
        """
        tokens = self.tokens
        self.deeper(at)
        made: LuaTable = {}
        items = 0
        numbered: list[LuaValue] = []
        value: LuaValue
        key: LuaValue
        while True:
            at += 1
            word = tokens[at]
            if word == "}":
                break
            if tokens[at + 1] == "=":
                key = word
                if not word.isidentifier() or word in KEYWORDS:
                    self.unexpected(at)
                at += 2
            elif word == "[":
                key, at = self.bracket_key(at)
                if type(key) is not str:
                    numbered.append(key)
            else:
                items += 1
                key = items
            word = tokens[at]
            if word[0:1] == '"' and "\\" not in word and tokens[at + 1] in _ENDS:
                value = word[1:-1]
                at += 1
            elif word == "{":
                value, at = self.table(at)
                if tokens[at] not in _ENDS:
                    self.unexpected(at) if tokens[at] not in BINARY else self.decline(
                        at, "a table is an operand"
                    )
            else:
                value, at = self.expression(at)
                if at == self.pair_at and key == items:
                    self.decline(at, "a call that returns two values")
            if value is not None:
                made[key] = value  # type: ignore[index]  # bracket_key has checked it
            else:
                made.pop(key, None)  # type: ignore[arg-type]
            word = tokens[at]
            if word == "}":
                break
            if word != "," and word != ";":
                self.expect(at, "}")
        self.depth -= 1
        if items and any(type(key) is int and 0 < key <= items for key in numbered):
            self.decline(at, "an item given both in order and by number")
        return made, at + 1

    def bracket_key(self, at: int) -> tuple[LuaValue, int]:
        """Return the key in ``[key] =`` at ``at``, and the index of its value's token."""
        tokens = self.tokens
        word = tokens[at + 1]
        if word[:1] == '"' and "\\" not in word and tokens[at + 2] == "]" and tokens[at + 3] == "=":
            return word[1:-1], at + 4
        key, after = self.expression(at + 1)
        after = self.expect(self.expect(after, "]"), "=")
        key = self.computed(at, table_key, key)
        return ("" if key is None else key), after
