"""The value that a word of the command line stands for, by the key it is meant for."""

from __future__ import annotations

from math import isfinite

from distrorocks.config.key_path import key_text
from distrorocks.config.layers import Path
from distrorocks.config.shape import NUMBER, SHAPES, TRUTH, is_server, is_tree
from distrorocks.errors import DistrorocksError
from distrorocks.lua.literal import number_of
from distrorocks.lua.read import LuaTextError, parse
from distrorocks.lua.value import LuaTable, LuaValue, sequence, to_bytes
from distrorocks.rocks.quotation import quoted

_ENTRIES = {"rocks_trees": is_tree, "rocks_servers": is_server}


class ValueFault(DistrorocksError):  # noqa: N818 - an error of the user, not of Python
    """A word that is no value of its key."""


def typed(path: Path, word: str, known: LuaValue) -> LuaValue:
    """Return what a word means for a key, whose value is ``known`` now.

    Numbers, true and false are meant where the key wants them; a table is written as Lua writes
    it, ``{ "a", "b" }``. Raises where the key wants something else.
    """
    shape = SHAPES.get(path[0]) if len(path) == 1 else None
    wants_truth = shape is TRUTH or (shape is None and isinstance(known, bool))
    wants_number = shape is NUMBER or (shape is None and type(known) in (int, float))
    value: LuaValue = word
    if wants_truth and word in ("true", "false"):
        value = word == "true"
    elif wants_number:
        value = _number(word)
    elif isinstance(known, dict) or (word.startswith("{") and path[0] != "variables"):
        value = _table(path, word)
    if shape is not None and not shape.fits(value):
        raise _refusal(path, word, shape.told)
    return value


def check(path: Path, settings: LuaTable) -> None:
    """Raise unless the key that a path begins with is as it should be in a file's settings."""
    key, value = path[0], settings.get(path[0])
    shape = SHAPES.get(key)
    if value is not None and shape is not None and not shape.fits(value):
        raise _refusal(path[:1], "", shape.told)
    is_entry = _ENTRIES.get(str(key))
    if is_entry and value is not None:
        entries = sequence(value) if isinstance(value, dict) else [value]
        if not isinstance(value, dict) or not all(map(is_entry, entries)):
            raise _refusal(path[:1], "", "a list that LuaRocks can use")


def _number(word: str) -> LuaValue:
    """Return the number that a word is, or the word."""
    try:
        number = number_of(word)
    except ValueError:
        return word
    return number if isfinite(number) else word


def _table(path: Path, word: str) -> LuaValue:
    """Return the table that a word writes."""
    try:
        value = parse(b"value = " + to_bytes(word)).globals.get("value")
    except LuaTextError:
        value = None
    if not isinstance(value, dict):
        raise _refusal(path, word, 'a table, such as { "a", "b" }')
    return value


def _refusal(path: Path, word: str, told: str) -> ValueFault:
    shown = f"{key_text(path)} = {quoted(word)}" if word else key_text(path)
    return ValueFault(f"{shown} will not do: it should be {told}")
