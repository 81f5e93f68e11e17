"""Writing Lua tables as LuaRocks does, byte for byte.

Equal tables give equal bytes: keys are sorted, numbers first, then strings by their bytes. The
rules are derived from the output of LuaRocks 3.8 and 3.13.
"""

from __future__ import annotations

import re

from distrorocks.errors import DistrorocksError
from distrorocks.lua.literal import number_text
from distrorocks.lua.scan import KEYWORDS
from distrorocks.lua.value import LuaFunction, LuaKey, LuaTable, LuaValue, to_bytes
from distrorocks.patterns import regex
from distrorocks.values import NamedTuple


class PersistError(DistrorocksError):
    """A value cannot be written as Lua text; ``brief`` names it by its dotted path."""


class Dialect(NamedTuple):
    """The output format of a LuaRocks version on a Lua version.

    ``keys_written``: a number key out of its turn is written ``[3] = ``; LuaRocks 3.13 drops it.
    ``controls_escaped``: a control byte is written ``\\9``; Lua 5.1 leaves all but NUL as they are.
    ``integral_mark``: a float with a whole value is written ``1.0``; before Lua 5.3 it is ``1``.
    ``lines_escaped``: a line feed in a string is written ``\\10``; LuaRocks writes long brackets.

    In no dialect is a carriage return written between long brackets, as LuaRocks does: Lua reads it
    as a line feed, and the string would not come back.
    """

    keys_written: bool = True
    controls_escaped: bool = True
    integral_mark: bool = True
    lines_escaped: bool = False


DEFAULT = Dialect()
"""LuaRocks 3.8 on Lua 5.3 or 5.4; the same bytes as 3.13's for all that keeps its value there."""

LUAROCKS_HEAD = Dialect(keys_written=False)
EXACT = Dialect(lines_escaped=True)
"""No LuaRocks version's format: every string round-trips, and is on one line."""

LUA_52 = Dialect(integral_mark=False)
LUA_51 = Dialect(controls_escaped=False, integral_mark=False)


class Order(dict[LuaKey, "Order"]):
    """Keys that come before all others, in this order, each with the order of its fields."""

    def __init__(self, *names: str, **under: Order) -> None:
        super().__init__()
        for name in names:
            self[name] = under.get(name, _NO_ORDER)


_NO_ORDER: Order = dict.__new__(Order)

ROCKSPEC_ORDER = Order(
    *("rockspec_format", "package", "version", "source", "description", "supported_platforms"),
    *("dependencies", "build_dependencies", "external_dependencies", "build"),
    *("test_dependencies", "test", "hooks"),
    source=Order("url", "tag", "branch", "md5"),
    description=Order("summary", "detailed", "homepage", "license"),
    build=Order("type", "modules", "copy_directories", "platforms"),
    test=Order("type"),
)
"""The order in which LuaRocks writes a rockspec; other keys follow, sorted."""

_NAME = regex(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_ESCAPED = regex(r'["\\\x00-\x1f\x7f](?=([0-9])?)')
_ESCAPED_51 = regex(r'["\\\x00\r\n](?=([0-9])?)')
_NEEDS_CARE = regex(r'["\\\x00-\x1f\x7f]')
_PLACES_SHOWN = 8
_KEYS_REMEMBERED = 50_000


def persist(table: LuaTable, *, dialect: Dialect = DEFAULT, order: Order = _NO_ORDER) -> bytes:
    """Return ``table`` as top-level assignments, one ``key = value`` after another.

    Raise ``PersistError`` for a key that is not a plain name, and for functions, NaN, infinities.
    """
    writer = _Writer(dialect)
    parts = []
    for key in _ordered_keys(table, order):
        value = table[key]
        if value is None:
            continue
        if not isinstance(key, str) or not _NAME.fullmatch(key) or key in KEYWORDS:
            raise PersistError(f"cannot store {key!r} as a plain key")
        parts += [key, " = "]
        writer.places = [key]
        writer.value(value, 1, order.get(key, _NO_ORDER), parts)
        parts.append("\n")
    return to_bytes("".join(parts))


def value_text(
    value: LuaValue,
    level: int = 1,
    *,
    dialect: Dialect = DEFAULT,
    order: Order = _NO_ORDER,
) -> str:
    """Return one value as text, starting on a line that is nested ``level - 1`` tables deep."""
    parts: list[str] = []
    _Writer(dialect).value(value, level, order, parts)
    return "".join(parts)


def key_text(key: LuaKey, *, dialect: Dialect = DEFAULT) -> str:
    """Return a key with its equals sign in table syntax: ``name = ``, ``["a.b"] = ``."""
    return _Writer(dialect).key(key)


def _ordered_keys(table: LuaTable, order: Order) -> list[LuaKey]:
    """Return the keys in output order."""
    if not order:
        return sorted_keys(table)
    first = [key for key in order if key in table]
    return [*first, *(key for key in sorted_keys(table) if key not in order)]


def sorted_keys(table: LuaTable) -> list[LuaKey]:
    """Return the keys of a table: numbers ascending, then strings by their bytes."""
    if len(table) < 2:
        return list(table)
    try:
        keys = sorted(table)  # numbers among strings raise TypeError
    except TypeError:
        numbers = sorted(key for key in table if not isinstance(key, str))
        return [*numbers, *sorted((key for key in table if isinstance(key, str)), key=to_bytes)]
    if not isinstance(keys[0], str) or "".join(map(str, keys)).isascii():
        return keys
    return sorted(table, key=lambda key: to_bytes(str(key)))


class _Writer:
    """Writes values in one dialect; ``places`` is the path to the current value."""

    __slots__ = ("dialect", "keys", "places")

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.places: list[LuaKey] = []
        self.keys: dict[str, str] = {}

    def value(self, value: LuaValue, level: int, order: Order, out: list[str]) -> None:
        """Append the text of one value to ``out``."""
        if isinstance(value, str):
            if not _NEEDS_CARE.search(value):
                out.append(f'"{value}"')
            else:
                out.append(self.string(value))
        elif isinstance(value, dict):
            self.table(value, level, order, out)
        elif isinstance(value, bool):
            out.append("true" if value else "false")
        else:
            out.append(self.number(value))

    def number(self, value: int | float | LuaFunction | None) -> str:
        """Return the text of a number; raise ``PersistError`` if it has none."""
        if isinstance(value, int) or (isinstance(value, float) and value - value == 0):
            return number_text(value, integral_mark=self.dialect.integral_mark)
        path = ".".join(str(place) for place in self.places[:_PLACES_SHOWN]) or "the value"
        what = (
            "nothing"
            if value is None
            else "a function"
            if isinstance(value, LuaFunction)
            else value
        )
        raise PersistError(f"{path} is {what}, which cannot be written as Lua text")

    def string(self, text: str) -> str:
        """Return a string as ``%q`` writes it, or in long brackets if it has more than one line.

        One with a carriage return is quoted: in brackets Lua would read a line feed instead.
        """
        if "\n" in text and "\r" not in text and not self.dialect.lines_escaped:
            level = ""
            while f"]{level}]" in f"{text}]":
                level += "="
            return f"[{level}[\n{text}]{level}]"
        return self.quoted(text)

    def quoted(self, text: str) -> str:
        """Return a string in quotes, with escapes where necessary."""
        pattern = _ESCAPED if self.dialect.controls_escaped else _ESCAPED_51
        return f'"{pattern.sub(self.escape, text)}"'

    def escape(self, match: re.Match[str]) -> str:
        """Return one character as an escape; decimal ones are short unless a digit follows."""
        char = match[0]
        if char in '"\\':
            return "\\" + char
        wide = match[1] is not None or not self.dialect.controls_escaped
        return f"\\{ord(char):03}" if wide else f"\\{ord(char)}"

    def key(self, key: LuaKey) -> str:
        """Return a key with its equals sign in table syntax.

        A key with line breaks is quoted: LuaRocks writes ``[[[``, which no Lua can read.
        """
        if not isinstance(key, str):
            return f"[{self.number(key)}] = "
        is_name = _NAME.fullmatch(key) and key not in KEYWORDS
        text = f"{key} = " if is_name else f"[{self.quoted(key)}] = "
        if len(self.keys) < _KEYS_REMEMBERED:
            self.keys[key] = text
        return text

    def table(self, table: LuaTable, level: int, order: Order, out: list[str]) -> None:
        """Append a table in braces, one entry per line, except that a number shares its line."""
        new_line = "\n" + "   " * level
        comma_line = "," + new_line
        separator = new_line
        turn = 1
        out.append("{")
        for key in _ordered_keys(table, order):
            value = table[key]
            if value is None:
                continue
            if isinstance(key, str):
                start = separator + (self.keys.get(key) or self.key(key))
            elif key == turn or not self.dialect.keys_written:
                turn += 1
                start = separator
            else:
                start = separator + self.key(key)
            if isinstance(value, str) and not _NEEDS_CARE.search(value):
                out.append(f'{start}"{value}"')
            else:
                out.append(start)
                self.places.append(key)
                self.value(value, level + 1, order.get(key, _NO_ORDER), out)
                self.places.pop()
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
            separator = ", " if is_number else comma_line
        if separator is not new_line:
            out.append("\n" + "   " * (level - 1))
        out.append("}")
