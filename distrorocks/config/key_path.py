"""A key as people write it: ``variables.CC``, ``rocks_trees[2].root``, ``CC`` for a variable."""

from __future__ import annotations

import re

from distrorocks.config.layers import Path
from distrorocks.errors import UsageError
from distrorocks.exit_status import FINDINGS
from distrorocks.lua.value import LuaTable, LuaValue
from distrorocks.rocks.quotation import quoted

_PART = re.compile(r"\.?(?P<name>[^.\[\]]+)|\.?\[(?P<index>[0-9]{1,9})\]")
_VARIABLE = re.compile(r"[A-Z]")


class KeyPathError(UsageError):
    """A text that names no key."""


class NoEntryError(KeyPathError):
    """A key that has no value."""

    exit_status = FINDINGS


def parse_key(text: str) -> Path:
    """Return the keys from the whole table to a value; an upper-case first letter is a variable's.

    Raises ``KeyPathError``.
    """
    path: list[int | str] = ["variables"] if _VARIABLE.match(text) else []
    at = 0
    while at < len(text):
        part = _PART.match(text, at)
        if not part or (at == 0 and text[0] in ".["):
            break
        path.append(part["name"] if part["index"] is None else int(part["index"]))
        at = part.end()
    if at < len(text) or not text:
        raise KeyPathError(
            f"{quoted(text)} is not a key",
            hint="keys are names with dots and [n] between, such as rocks_trees[1].root",
        )
    return tuple(path)


def key_text(path: Path) -> str:
    """Return keys as people write them."""
    parts = [f"[{key}]" if isinstance(key, int) else f".{key}" for key in path]
    return "".join(parts).removeprefix(".")


def value_at(table: LuaTable, path: Path) -> LuaValue:
    """Return the value that a path leads to, or raise ``NoEntryError`` where there is none."""
    value: LuaValue = table
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
        if value is None:
            raise NoEntryError(
                f"Unknown entry {key}", hint="`distrorocks config` prints all there are"
            )
    return value
