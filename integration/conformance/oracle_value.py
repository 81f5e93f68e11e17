"""Lua values as the oracle files write them in JSON, and the comparison of two values."""

from __future__ import annotations

from typing import Any

from distrorocks.lua.value import FUNCTION, LuaTable, LuaValue, table_of, to_text


def decoded(value: Any) -> LuaValue:
    """Return the Lua value that a value of an oracle file stands for.

    An array is a table with keys 1 to n, an object one with string keys, ``__pairs__`` one with
    others; ``__bytes__`` is a string that is not UTF-8, ``__function__`` a function.
    """
    if isinstance(value, list):
        return table_of(decoded(item) for item in value)
    if not isinstance(value, dict):
        scalar: LuaValue = value
        return scalar
    if "__bytes__" in value:
        return to_text(bytes.fromhex(value["__bytes__"]))
    if "__function__" in value:
        return FUNCTION
    if "__pairs__" in value:
        table: LuaTable = {}
        for key, item in value["__pairs__"]:
            name = decoded(key)
            if isinstance(name, int | float | str):
                table[name] = decoded(item)
        return table
    return {key: decoded(item) for key, item in value.items()}


def is_same(ours: LuaValue, theirs: LuaValue) -> bool:
    """Tell whether two values are equal with integers and floats kept apart."""
    if type(ours) is not type(theirs):
        return False
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(is_same(ours[key], theirs[key]) for key in ours)
    return ours == theirs


def difference(ours: LuaValue, theirs: LuaValue, path: str = "") -> str:
    """Return the first place where two values differ, with both."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in [*ours, *(key for key in theirs if key not in ours)]:
            place = f"{path}.{key}"
            if key not in ours:
                return f"{place} is missing, LuaRocks has {theirs[key]!r}"
            if key not in theirs:
                return f"{place} is {ours[key]!r}, LuaRocks has none"
            if not is_same(ours[key], theirs[key]):
                return difference(ours[key], theirs[key], place)
    return f"{path or 'the value'} is {ours!r}, LuaRocks has {theirs!r}"
