"""Lua values in Python.

A Lua table is a ``dict`` from key to value, whatever its keys; ``nil`` is absence. Strings are
``str``: bytes decoded as UTF-8 with ``surrogateescape``, so bytes that are not UTF-8 survive a
round trip. Integers are ``int``, floats are ``float`` and stay apart (``1`` is not ``1.0``), except
as keys, where Lua itself makes ``1.0`` the integer ``1``. The readers refuse boolean keys: no
LuaRocks file has one, and in Python ``True == 1``.

Several fields can hold the same table, so a few lines can expand to more text than a disk holds;
``check_size`` limits the size of a value written out as a tree.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any, TypeAlias


class LuaFunction:
    """A placeholder for a function in a file's values; it cannot be called."""

    def __repr__(self) -> str:
        return "<function>"


FUNCTION = LuaFunction()

LuaKey: TypeAlias = int | float | str
LuaValue: TypeAlias = "bool | int | float | str | LuaFunction | LuaTable | None"
LuaTable: TypeAlias = dict[LuaKey, LuaValue]


def to_text(raw: bytes) -> str:
    """Decode ``raw`` losslessly; ``to_bytes`` is the inverse."""
    return raw.decode("utf-8", "surrogateescape")


def to_bytes(text: str) -> bytes:
    """Encode a text from ``to_text`` to the original bytes."""
    return text.encode("utf-8", "surrogateescape")


def as_table(value: LuaValue) -> LuaTable:
    """Return a value that is a table, an empty table for any other."""
    return value if isinstance(value, dict) else {}


def sequence(table: LuaTable) -> list[LuaValue]:
    """Return the values at 1, 2, 3 ... up to the first hole, as ``ipairs`` visits them."""
    items: list[LuaValue] = []
    index = 1
    while index in table:
        items.append(table[index])
        index += 1
    return items


def table_of(items: Iterable[LuaValue]) -> LuaTable:
    """Return a table with ``items`` at 1, 2, 3 ..."""
    return dict(enumerate(items, start=1))


def json_form(value: LuaValue) -> Any:
    """Convert a value for JSON.

    A table with keys 1, 2, 3 ..., or an empty one, becomes a list; functions and non-finite numbers
    become null.
    """
    if isinstance(value, dict):
        items = sequence(value)
        if len(items) == len(value):
            return [json_form(item) for item in items]
        return {_json_key(key): json_form(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (bool, int, float, str)) else None


def _json_key(key: int | float | str) -> str:
    return key if isinstance(key, str) else str(key)


MAX_LEVELS = 100
MAX_WEIGHT = 64 * 1024 * 1024
"""The limit of the total weight: 16 for each value, and 1 for each character of text."""


class TooLargeError(Exception):
    """A value is cyclic, or too deep or too large as a tree."""


def deep_copy(table: LuaTable) -> LuaTable:
    """Return a deep copy of ``table``, which must be a tree."""
    return {
        key: deep_copy(value) if isinstance(value, dict) else value for key, value in table.items()
    }


def check_size(table: LuaTable) -> None:
    """Raise ``TooLargeError`` if ``table`` is cyclic, or too large as a tree.

    Time is linear in the number of distinct tables, not in the size of the tree.
    """
    _weight(table, {}, 0)


def _weight(value: LuaValue, known: dict[int, tuple[int, int]], level: int) -> tuple[int, int]:
    """Return a value's weight and depth; ``known`` caches those of tables, by identity."""
    if isinstance(value, str):
        return 16 + len(value), 0
    if not isinstance(value, dict):
        return 16, 0
    seen = known.get(id(value))
    if seen is not None:
        if seen[0] < 0:
            raise TooLargeError("a table contains itself")
        if level + seen[1] > MAX_LEVELS:
            raise TooLargeError(f"tables nested more than {MAX_LEVELS} levels deep")
        return seen
    if level > MAX_LEVELS:
        raise TooLargeError(f"tables nested more than {MAX_LEVELS} levels deep")
    known[id(value)] = (-1, 0)
    total, depth = 16, 0
    for key, item in value.items():
        weight, below = _weight(item, known, level + 1)
        total += weight + (len(key) if isinstance(key, str) else 8)
        depth = max(depth, below + 1)
        if total > MAX_WEIGHT:
            raise TooLargeError("the value is too large as a tree: one table is in many places")
    known[id(value)] = (total, depth)
    return total, depth
