"""A key as people write it: ``variables.CC``, ``rocks_trees[2].root``, ``CC`` for a variable.

``VAR=value`` on a command line: a variable of the configuration for this run.

The value that a word of the command line stands for, by the key it is meant for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isfinite

from distrorocks.config.layers import Path
from distrorocks.config.shape import NUMBER, SHAPES, TRUTH, is_server, is_tree
from distrorocks.errors import DistrorocksError, UsageError
from distrorocks.exit_status import FINDINGS
from distrorocks.lua.literal import number_of
from distrorocks.lua.read import LuaTextError, parse
from distrorocks.lua.value import LuaTable, LuaValue, sequence, to_bytes
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


_WORD = re.compile(r"[^-][^=]*=", re.DOTALL)
_ASSIGNMENT = re.compile(r"(?P<name>[A-Z_][A-Z0-9_]*)=(?P<value>.*)", re.DOTALL)


class AssignmentError(UsageError):
    """A word with an equals sign that assigns nothing."""


def assigned(word: str) -> tuple[str, str] | None:
    """Return the name and the value that a word such as ``CC=gcc`` has, None for another word."""
    found = _ASSIGNMENT.fullmatch(word)
    return (found["name"], found["value"]) if found else None


def split_assignments(words: Iterable[str]) -> tuple[list[str], dict[str, str]]:
    """Return the words that assign nothing, and the variables that the others set.

    What follows ``--`` is never an assignment. A word given twice: the first wins, as in LuaRocks.
    Raises ``AssignmentError`` for a word such as ``cc=gcc``: names of variables are upper-case.
    """
    words = list(words)
    end = words.index("--") if "--" in words else len(words)
    rest: list[str] = []
    variables: dict[str, str] = {}
    for word in words[:end]:
        if not _WORD.match(word):
            rest.append(word)
            continue
        found = assigned(word)
        if not found:
            raise AssignmentError(
                f"Invalid assignment: {quoted(word)}",
                hint="variables have upper-case names, such as CC=gcc",
            )
        variables.setdefault(*found)
    return rest + words[end:], variables


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
