"""A strict reader of literal Lua: it evaluates constants and assignments, and runs nothing.

It supports what rockspecs, manifests and rock_manifests use: assignments to globals, locals and
fields, tables, strings, numbers, operators on constants, ``if`` and ``do``. Calls, functions and
loops are declined with ``NotLiteral``. The reference is LuaRocks 3.8 on Lua 5.3.
"""

from __future__ import annotations

from distrorocks.lua.expression import Expressions
from distrorocks.lua.operators import BINARY, index, is_true, store
from distrorocks.lua.scan import LuaSyntaxError, LuaTextError, NotLiteral, scan
from distrorocks.lua.value import LuaTable, LuaValue, TooLargeError, check_size, deep_copy, to_text
from distrorocks.values import NamedTuple

__all__ = ["Chunk", "LuaSyntaxError", "LuaTextError", "NotLiteral", "parse", "parse_returned"]

_BLOCK_ENDS = frozenset({"", "end", "else", "elseif", "until"})
_COMPUTED = frozenset({"while", "for", "repeat", "function", "goto", "::", "("})
_OTHER_TARGET = frozenset({".", "[", ","})


class Chunk(NamedTuple):
    """The result of a file: its globals, and the names of undefined globals it read.

    ``undefined`` has each name once, in the order of the first read.
    """

    globals: LuaTable
    undefined: tuple[str, ...]


def parse(text: bytes, *, environment: LuaTable | None = None) -> Chunk:
    """Return the globals after evaluating ``text``, which starts with those in ``environment``.

    Raise ``LuaSyntaxError`` for invalid Lua (also for bytecode and for excessive nesting or size),
    ``NotLiteral`` for code that only an interpreter can evaluate.
    """
    reader = _carried_out(text, deep_copy(environment) if environment else {})
    return Chunk(reader.globals, tuple(reader.undefined))


def parse_returned(text: bytes) -> LuaValue:
    """Return the first value that ``text`` returns, or None.

    Raise what ``parse`` raises.
    """
    return _carried_out(text, {}).result


def _carried_out(text: bytes, variables: LuaTable) -> Statements:
    source = to_text(script(text))
    reader = Statements(source, scan(source), variables)
    try:
        end = reader.block(0)
    except RecursionError:
        raise LuaSyntaxError("nested too deeply") from None
    if reader.tokens[end]:
        reader.unexpected(end)
    if reader.is_graph:
        try:
            check_size(variables)
            check_size({"result": reader.result})
        except TooLargeError as error:
            raise LuaSyntaxError(str(error)) from None
    return reader


def script(text: bytes) -> bytes:
    """Return ``text`` with a first line ``#!...`` emptied, so that line numbers stay the same.

    Raise ``LuaSyntaxError`` for bytecode, which interpreters do not verify.
    """
    rest, end = text, b""
    if text.startswith(b"#!") and b"\n" in text:
        _, end, rest = text.partition(b"\n")
    if rest[:1] == b"\x1b":
        raise LuaSyntaxError("the file is compiled Lua, which is not accepted", line=1)
    return end + rest


class Statements(Expressions):
    """The statements of one file, executed while they are parsed."""

    __slots__ = ("result", "returned")

    def __init__(self, text: str, tokens: list[str], variables: LuaTable) -> None:
        super().__init__(text, tokens, variables)
        self.returned = False
        self.result: LuaValue = None

    def block(self, at: int) -> int:
        """Execute statements up to the end of a block; return the index of the token there."""
        tokens = self.tokens
        while (word := tokens[at]) not in _BLOCK_ENDS:
            if tokens[at + 1] == "=" and word != "_ENV":
                at = self.set_variable(at)
            elif word == "local":
                at = self.local(at)
            elif word == "if":
                at = self.branches(at)
            elif word == "do":
                at = self.expect(self.scope(at + 1), "end")
            elif word == ";":
                at += 1
            elif word == "return":
                return self.leave(at)
            elif word in _COMPUTED:
                self.decline(at, f"{word!r} is computed, not literal")
            else:
                at = self.assignment(at)
        return at

    def scope(self, at: int) -> int:
        """Execute a block with its own local variables."""
        self.deeper(at)
        self.scopes.append({})
        at = self.block(at)
        self.scopes.pop()
        self.depth -= 1
        return at

    def set_variable(self, at: int) -> int:
        """Execute ``name = value``."""
        name = self.name(at)
        value, after = self.expression(at + 2)
        if self.tokens[after] == ",":
            _, after = self.values(after + 1)
        if self.live:
            self.assign(name, value)
        return after

    def assign(self, name: str, value: LuaValue) -> None:
        """Set the nearest local variable of that name, or the global."""
        for scope in reversed(self.scopes):
            if name in scope:
                scope[name] = value
                return
        if value is None:
            self.globals.pop(name, None)
        else:
            self.globals[name] = value

    def values(self, at: int, wanted: int = 0) -> tuple[list[LuaValue], int]:
        """Return the values of an expression list, of which ``wanted`` are used."""
        value, at = self.expression(at)
        values = [value]
        while self.tokens[at] == ",":
            value, at = self.expression(at + 1)
            values.append(value)
        if at == self.pair_at and len(values) < wanted:
            self.decline(at, "a call that returns two values")
        return values, at

    def local(self, at: int) -> int:
        """Execute ``local a, b = ...``; the names are not in scope in their own values."""
        if self.tokens[at + 1] == "function":
            self.decline(at, "a function is computed, not literal")
        names = [self.name(at + 1)]
        at += 2
        while self.tokens[at] == ",":
            names.append(self.name(at + 1))
            at += 2
        if self.tokens[at] == "<" or "_ENV" in names:
            self.decline(at, "a local variable that has an attribute or is called _ENV")
        values: list[LuaValue] = []
        if self.tokens[at] == "=":
            values, at = self.values(at + 1, len(names))
        values += [None] * len(names)
        if self.live:
            self.scopes[-1].update(zip(names, values, strict=False))
        return at

    def branches(self, at: int) -> int:
        """Execute ``if``: the first branch whose condition is true; the others are only parsed."""
        live = self.live
        open_yet = True
        word = "if"
        while word in ("if", "elseif"):
            self.live = live and open_yet and not self.returned
            condition, at = self.expression(at + 1)
            at = self.expect(at, "then")
            taken = is_true(condition)
            self.live = self.live and taken
            at = self.scope(at)
            open_yet = open_yet and not taken
            word = self.tokens[at]
        if word == "else":
            self.live = live and open_yet and not self.returned
            at = self.scope(at + 1)
        self.live = live and not self.returned
        return self.expect(at, "end")

    def leave(self, at: int) -> int:
        """Execute ``return``: the first value is kept, the rest is only parsed."""
        at += 1
        values: list[LuaValue] = []
        if self.tokens[at] not in _BLOCK_ENDS and self.tokens[at] != ";":
            values, at = self.values(at)
        if self.tokens[at] == ";":
            at += 1
        if self.tokens[at] not in _BLOCK_ENDS:
            self.unexpected(at)
        if self.live:
            self.result = values[0] if values else None
            self.returned = True
            self.live = False
        return at

    def assignment(self, at: int) -> int:
        """Execute an assignment to fields or to several variables."""
        first = at
        targets = []
        table, key, at = self.target(at)
        targets.append((table, key))
        while self.tokens[at] == ",":
            table, key, at = self.target(at + 1)
            targets.append((table, key))
        values, at = self.values(self.expect(at, "="), len(targets))
        values += [None] * len(targets)
        if not self.live:
            return at
        for (table, key), value in reversed(list(zip(targets, values, strict=False))):
            if table is self:
                self.assign(str(key), value)
            else:
                self.is_graph = self.is_graph or type(value) is dict
                self.computed(first, store, table, key, value)
        return at

    def target(self, at: int) -> tuple[object, LuaValue, int]:
        """Return an assignment target: a table and a key, or this reader and a variable's name."""
        name = self.name(at)
        following = self.tokens[at + 1]
        if name == "_ENV":
            self.decline(at, "_ENV is computed, not literal")
        if following in ("=", ","):
            return self, name, at + 1
        if following not in _OTHER_TARGET:
            if self.is_call(at + 1):
                self.decline(at + 1, "a call is computed, not literal")
            self.unexpected(at + 1 if following not in BINARY else at)
        table: LuaValue = self.variable(at, name)
        key, place, at = self.key(at + 1)
        while self.tokens[at] in (".", "["):
            table = self.computed(place, index, table, key)
            key, place, at = self.key(at)
        if self.is_call(at):
            self.decline(at, "a call is computed, not literal")
        if self.live and type(table) is not dict:
            self.decline(place, "indexing a value that is not a table")
        return table, key, at
