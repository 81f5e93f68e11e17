"""What a Lua value is in Python.

A Lua table is a ``dict`` from key to value, whatever its keys; ``nil`` is absence. Strings are
``str``: bytes decoded as UTF-8 with ``surrogateescape``, so bytes that are not UTF-8 survive a
round trip. Integers are ``int``, floats are ``float`` and stay apart (``1`` is not ``1.0``),
except as keys, where Lua itself makes ``1.0`` the integer ``1``. Boolean keys are refused by the
readers: no LuaRocks file has one, and Python takes ``True`` for ``1``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias, Union


class LuaFunction:
    """Stands where a file's value was a function: it can be seen, never called."""

    def __repr__(self) -> str:
        return "<function>"


FUNCTION = LuaFunction()

LuaKey: TypeAlias = int | float | str
LuaValue: TypeAlias = Union[bool, int, float, str, LuaFunction, "LuaTable", None]
LuaTable: TypeAlias = dict[LuaKey, LuaValue]


def to_text(raw: bytes) -> str:
    """Return ``raw`` as text from which ``to_bytes`` makes the same bytes again."""
    return raw.decode("utf-8", "surrogateescape")


def to_bytes(text: str) -> bytes:
    """Return the bytes that ``text`` was made of."""
    return text.encode("utf-8", "surrogateescape")


def sequence(table: LuaTable) -> list[LuaValue]:
    """Return the values at 1, 2, 3 ... up to the first hole, as ``ipairs`` visits them."""
    items: list[LuaValue] = []
    index = 1
    while index in table:
        items.append(table[index])
        index += 1
    return items


def table_of(items: Iterable[LuaValue]) -> LuaTable:
    """Return the table that holds ``items`` at 1, 2, 3 ..."""
    return dict(enumerate(items, start=1))
