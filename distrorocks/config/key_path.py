"""Keys and values on the command line.

A key is written ``variables.CC``, ``rocks_trees[2].root``, or ``CC`` for a variable; an operand
``VAR=value`` sets a variable for one run; a value is parsed by the type of its key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isfinite

from distrorocks.config.layers import Path
from distrorocks.config.shape import NUMBER, SHAPES, TRUTH, is_server, is_tree
from distrorocks.errors import UsageError
from distrorocks.exit_status import FINDINGS
from distrorocks.lua.literal import number_of
from distrorocks.lua.read import LuaTextError, parse
from distrorocks.lua.value import LuaTable, LuaValue, sequence, to_bytes
from distrorocks.patterns import regex
from distrorocks.rocks.quotation import quoted

_PART = regex(r"\.?(?P<name>[^.\[\]]+)|\.?\[(?P<index>[0-9]{1,9})\]")
_VARIABLE = regex(r"[A-Z]")


class KeyPathError(UsageError):
    """The text is not a key."""


class NoEntryError(KeyPathError):
    """The key has no value."""

    exit_status = FINDINGS


def parse_key(text: str) -> Path:
    """Parse a dotted path; a name that begins with an upper-case letter is a variable.

    Raise ``KeyPathError`` if it is not a key.
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
            hint="keys are names joined by dots or [n], such as rocks_trees[1].root",
        )
    return tuple(path)


def key_text(path: Path) -> str:
    """Return a path in dotted notation."""
    parts = [f"[{key}]" if isinstance(key, int) else f".{key}" for key in path]
    return "".join(parts).removeprefix(".")


def value_at(table: LuaTable, path: Path) -> LuaValue:
    """Return the value at a path, or raise ``NoEntryError``."""
    value: LuaValue = table
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
        if value is None:
            raise NoEntryError(f"Unknown entry {key}", hint="`distrorocks config` prints all keys")
    return value


_WORD = regex(r"[^-][^=]*=", re.DOTALL)
_ASSIGNMENT = regex(r"(?P<name>[A-Z_][A-Z0-9_]*)=(?P<value>.*)", re.DOTALL)


class AssignmentError(UsageError):
    """An operand with an equals sign is not a valid assignment."""


def assigned(word: str) -> tuple[str, str] | None:
    """Split an operand such as ``CC=gcc`` into name and value; return None for others."""
    found = _ASSIGNMENT.fullmatch(word)
    return (found["name"], found["value"]) if found else None


def split_assignments(words: Iterable[str]) -> tuple[list[str], dict[str, str]]:
    """Separate assignments from other arguments; return these, and the variables.

    Arguments after ``--`` are never assignments. The first of duplicate assignments wins, as in
    LuaRocks. Raise ``AssignmentError`` for ``cc=gcc``: names of variables are upper-case.
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


class ValueFault(UsageError):  # noqa: N818 - an error of the user, not of Python
    """An argument is not a valid value for its key."""


def typed(path: Path, word: str, known: LuaValue) -> LuaValue:
    """Convert an argument to a value for a key, whose present value is ``known``.

    It is a number or boolean if the key requires one; a table is written in Lua syntax, ``{ "a",
    "b" }``. Raise ``ValueFault`` if it does not have the key's type.
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
        raise _refusal(path, word, shape.wanted)
    return value


def check(path: Path, settings: LuaTable) -> None:
    """Raise unless the top-level key of a path has a valid value in a file's settings."""
    key, value = path[0], settings.get(path[0])
    shape = SHAPES.get(key)
    if value is not None and shape is not None and not shape.fits(value):
        raise _refusal(path[:1], "", shape.wanted)
    is_entry = _ENTRIES.get(str(key))
    if is_entry and value is not None:
        entries = sequence(value) if isinstance(value, dict) else [value]
        if not isinstance(value, dict) or not all(map(is_entry, entries)):
            raise _refusal(path[:1], "", "a list that LuaRocks can use")


def _number(word: str) -> LuaValue:
    """Convert an argument to a number if it is one."""
    try:
        number = number_of(word)
    except ValueError:
        return word
    return number if isfinite(number) else word


def _table(path: Path, word: str) -> LuaValue:
    """Parse an argument as a Lua table."""
    try:
        value = parse(b"value = " + to_bytes(word)).globals.get("value")
    except LuaTextError:
        value = None
    if not isinstance(value, dict):
        raise _refusal(path, word, 'a table, such as { "a", "b" }')
    return value


def _refusal(path: Path, word: str, wanted: str) -> ValueFault:
    shown = f"{key_text(path)} = {quoted(word)}" if word else key_text(path)
    return ValueFault(f"{shown} is not valid: it must be {wanted}")
