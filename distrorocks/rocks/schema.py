"""The shape that a table must have, and every place where it has not.

A ``Table`` node names the fields that it knows and the shape of each; ``check`` walks a value
along it. All faults are gathered; none is found twice.
"""

from __future__ import annotations

import re
from typing import NamedTuple, TypeAlias

from distrorocks.lua.value import LuaFunction, LuaKey, LuaTable, LuaValue
from distrorocks.values import distinct

Path: TypeAlias = tuple[()] | tuple["Path", LuaKey]

ROOT: Path = ()


@distinct
class Text(NamedTuple):
    """A string; ``pattern`` must match all of it, ``meaning`` is what such a text is called."""

    pattern: re.Pattern[str] | None = None
    meaning: str = ""


@distinct
class Flag(NamedTuple):
    """True or false."""


@distinct
class Table(NamedTuple):
    """A table: ``fields`` by name, ``each`` for all other keys, ``required`` names that must be.

    With ``open`` other keys may hold anything; without it and ``each`` they are faults.
    """

    fields: dict[LuaKey, Node]
    each: Node | None = None
    required: tuple[str, ...] = ()
    open: bool = False


Node: TypeAlias = Text | Flag | Table

ANYTHING = Table({}, open=True)


class Misfit(NamedTuple):
    """One place that does not have its shape.

    ``kind`` is ``"unknown"`` (no such field), ``"missing"``, ``"type"`` (``expected`` and ``found``
    are the words for the types) or ``"text"`` (``found`` is not ``expected``).
    """

    path: Path
    kind: str
    expected: str = ""
    found: str = ""

    @property
    def place(self) -> str:
        """The dotted path of the place, such as ``build.modules[2]``."""
        return dotted(self.path)


def dotted(path: Path) -> str:
    """Return a path as people write it: names after dots, all other keys in brackets."""
    if not path:
        return ""
    above, key = dotted(path[0]), path[1]
    if not isinstance(key, str):
        return f"{above}[{key}]"
    return f"{above}.{key}" if above else key


def type_name(value: LuaValue) -> str:
    """Return Lua's word for the type of ``value``."""
    match value:
        case None:
            return "nil"
        case bool():
            return "boolean"
        case str():
            return "string"
        case dict():
            return "table"
        case LuaFunction():
            return "function"
    return "number"


def check(table: LuaTable, shape: Table, misfits: list[Misfit], path: Path = ROOT) -> None:
    """Add to ``misfits`` each place of ``table`` that ``shape`` refuses, ``path`` being its own."""
    fields, each, required, is_open = shape
    for key, value in table.items():
        node = fields.get(key, each)
        if node is None:
            if not is_open:
                misfits.append(Misfit((path, key), "unknown", found=type_name(value)))
        elif type(node) is Text:
            if type(value) is not str:
                misfits.append(Misfit((path, key), "type", "string", type_name(value)))
            elif node.pattern and not node.pattern.fullmatch(value):
                misfits.append(Misfit((path, key), "text", node.meaning, value))
        elif type(node) is Table:
            if type(value) is not dict:
                misfits.append(Misfit((path, key), "type", "table", type_name(value)))
            elif node is not ANYTHING:
                check(value, node, misfits, (path, key))
        elif type(value) is not bool:
            misfits.append(Misfit((path, key), "type", "boolean", type_name(value)))
    misfits.extend(Misfit((path, name), "missing") for name in required if name not in table)
