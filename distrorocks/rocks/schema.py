"""Schemas of rockspecs by format (1.0, 1.1, 3.0, 3.1), and the check of a table against one.

A ``Table`` node lists its fields and their shapes; ``check`` collects every violation once.
``STRICT`` is what LuaRocks 3.8 accepts and documents. ``TOLERANT`` is what any LuaRocks accepts:
since 3.12 it checks neither the entries of plain lists nor ``platforms``, and dependencies under
``platforms`` may have a namespace. ``QUICK`` has only the fields required for loading.
"""

from __future__ import annotations

import re

from distrorocks.lua.value import LuaFunction, LuaKey, LuaTable, LuaValue
from distrorocks.patterns import regex
from distrorocks.values import TYPE_CHECKING, NamedTuple, distinct

if TYPE_CHECKING:
    from typing import TypeAlias

Path: TypeAlias = tuple[()] | tuple["Path", LuaKey]

ROOT: Path = ()


@distinct
class Text(NamedTuple):
    """A string; ``pattern`` must match all of it, ``meaning`` describes such a text."""

    pattern: re.Pattern[str] | None = None
    meaning: str = ""


@distinct
class Flag(NamedTuple):
    """True or false."""


@distinct
class Table(NamedTuple):
    """A table: ``fields`` by name, ``each`` for all other keys, ``required`` names. With ``open``
    other keys may have any value; without it and ``each`` they are faults.
    """

    fields: dict[LuaKey, Node]
    each: Node | None = None
    required: tuple[str, ...] = ()
    open: bool = False


Node: TypeAlias = Text | Flag | Table

ANYTHING = Table({}, open=True)


class Misfit(NamedTuple):
    """One violation of a schema.

    ``kind`` is ``"unknown"`` (no such field), ``"missing"``, ``"type"`` (``expected`` and ``found``
    are type names) or ``"text"`` (``found`` is not ``expected``).
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
    """Return a path in dotted notation: names after dots, all other keys in brackets."""
    if not path:
        return ""
    above, key = dotted(path[0]), path[1]
    if not isinstance(key, str):
        return f"{above}[{key}]"
    return f"{above}.{key}" if above else key


def type_name(value: LuaValue) -> str:
    """Return the name of the Lua type of ``value``."""
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
    """Add to ``misfits`` each violation of ``shape`` in ``table``, which is at ``path``."""
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


NEWEST_OF_LUAROCKS_3_8 = "3.0"

VERSION_PATTERN = "'[%w.]+-[%d]+'"
DEPENDENCY_MEANING = "a valid dependency string"

_TEXT = Text()
_VERSION = Text(regex(r"[A-Za-z0-9.]+-[0-9]+"), VERSION_PATTERN)
_NAME = Text(regex(r"\s*[A-Za-z0-9][^/]*", re.ASCII), DEPENDENCY_MEANING)
_NAMESPACED = Text(
    regex(r"\s*(?:[.\-_]*[A-Za-z0-9][^/]*|[A-Za-z0-9.\-_]*/[A-Za-z0-9][^/]*)", re.ASCII),
    DEPENDENCY_MEANING,
)
_TEXTS = Table({}, each=_TEXT)


def _texts(names: str) -> dict[LuaKey, Node]:
    """Return text fields with the space-separated ``names``."""
    return dict.fromkeys(names.split(), _TEXT)


def _by_platform(table: Table) -> Table:
    """Return ``table`` with a field ``platforms`` whose entries are tables of the same shape."""
    return table._replace(fields=table.fields | {"platforms": Table({}, each=table)})


def _with(table: Table, **fields: Node) -> Table:
    """Return ``table`` with more or other fields."""
    return table._replace(fields={**table.fields, **dict(fields.items())})


_DESCRIPTION = Table(_texts("summary detailed homepage license maintainer"))
_DEPENDENCIES = _by_platform(Table({}, each=_NAME))

_1_0 = Table(
    {
        "rockspec_format": _TEXT,
        "package": _TEXT,
        "version": _VERSION,
        "description": _DESCRIPTION,
        "supported_platforms": _TEXTS,
        "dependencies": _DEPENDENCIES,
        "external_dependencies": _by_platform(
            Table({}, each=Table(_texts("program header library")))
        ),
        "source": _by_platform(
            Table(
                _texts("url md5 file dir tag branch module cvs_tag cvs_module"),
                required=("url",),
            )
        ),
        "build": _by_platform(
            Table(
                {
                    "type": _TEXT,
                    "install": Table(dict.fromkeys(("lua", "lib", "conf", "bin"), ANYTHING)),
                    "copy_directories": _TEXTS,
                },
                open=True,
            )
        ),
        "hooks": _by_platform(Table(_texts("post_install"))),
    },
    required=("package", "version", "source", "build"),
)

_1_1 = _with(_1_0, deploy=Table({"wrap_bin_scripts": Flag()}))

_3_0 = _with(
    _1_1,
    description=_with(_DESCRIPTION, labels=_TEXTS, issues_url=_TEXT),
    dependencies=_DEPENDENCIES._replace(each=_NAMESPACED),
    build_dependencies=_by_platform(Table({}, each=_NAMESPACED)),
    test_dependencies=_by_platform(Table({}, each=_NAMESPACED)),
    test=_by_platform(Table({"type": _TEXT}, open=True)),
)._replace(required=("package", "version", "source"))

_3_1 = _3_0


def _tolerant(table: Table) -> Table:
    """Return ``table`` as LuaRocks 3.12 and later check it."""
    if table.each is not None and not table.fields:
        return ANYTHING
    fields = {
        key: _tolerant(field) if isinstance(field, Table) else field
        for key, field in table.fields.items()
    }
    if "platforms" in fields:
        fields["platforms"] = ANYTHING
    return table._replace(fields=fields)


STRICT = {"1.0": _1_0, "1.1": _1_1, "3.0": _3_0, "3.1": _3_1}
TOLERANT = {name: _tolerant(table) for name, table in STRICT.items()}

QUICK = Table(
    {
        "rockspec_format": _TEXT,
        "package": _TEXT,
        "version": _TEXT,
        "source": Table(_texts("url file"), required=("url",), open=True),
        **dict.fromkeys(
            (
                *("build", "dependencies", "build_dependencies", "test_dependencies"),
                *("external_dependencies", "hooks", "test"),
            ),
            ANYTHING,
        ),
    },
    required=("package", "source"),
    open=True,
)

FORMATS = tuple(STRICT)
OVERRIDABLE = tuple(
    name
    for name, node in _3_1.fields.items()
    if isinstance(name, str) and isinstance(node, Table) and "platforms" in node.fields
)
