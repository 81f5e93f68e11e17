"""How large a value becomes when it is written out as a tree.

In Lua two fields can hold one table; a few lines can then stand for more text than a disk holds.
"""

from __future__ import annotations

from distrorocks.lua.value import LuaTable, LuaValue

MAX_LEVELS = 100
MAX_WEIGHT = 64 * 1024 * 1024
"""Weight that all values together may have: 16 for each, and 1 for each character of text."""


class TooLargeError(Exception):
    """A value holds itself, or is too deep or too large as a tree."""


def deep_copy(table: LuaTable) -> LuaTable:
    """Return a table that shares no table with ``table``, which must be a tree."""
    return {
        key: deep_copy(value) if isinstance(value, dict) else value for key, value in table.items()
    }


def check_size(table: LuaTable) -> None:
    """Raise ``TooLargeError`` unless ``table`` ends, and is small enough, as a tree.

    Takes time in the number of distinct tables, not in the size of the tree.
    """
    _weight(table, {}, 0)


def _weight(value: LuaValue, known: dict[int, tuple[int, int]], level: int) -> tuple[int, int]:
    """Return a value's weight and depth; ``known`` holds those of tables seen, by identity."""
    if isinstance(value, str):
        return 16 + len(value), 0
    if not isinstance(value, dict):
        return 16, 0
    seen = known.get(id(value))
    if seen is not None:
        if seen[0] < 0:
            raise TooLargeError("a table holds itself")
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
            raise TooLargeError("the value is too large as a tree: one table stands in many places")
    known[id(value)] = (total, depth)
    return total, depth
