"""The fields of a rockspec by format: 1.0, 1.1, 3.0 and 3.1.

``STRICT`` is what LuaRocks 3.8 accepts, which is all that LuaRocks documents. ``TOLERANT`` is what
any LuaRocks accepts: since 3.12 it looks neither at the entries of plain lists nor into
``platforms``, and lets dependencies under ``platforms`` have a namespace. ``QUICK`` is no check at
all, only what LuaRocks cannot load a rockspec without.
"""

from __future__ import annotations

import re

from distrorocks.lua.value import LuaKey
from distrorocks.rocks.schema import ANYTHING, Flag, Node, Table, Text

NEWEST_OF_LUAROCKS_3_8 = "3.0"

VERSION_PATTERN = "'[%w.]+-[%d]+'"
DEPENDENCY_MEANING = "a valid dependency string"

_TEXT = Text()
_VERSION = Text(re.compile(r"[A-Za-z0-9.]+-[0-9]+"), VERSION_PATTERN)
_NAME = Text(re.compile(r"\s*[A-Za-z0-9][^/]*", re.ASCII), DEPENDENCY_MEANING)
_NAMESPACED = Text(
    re.compile(r"\s*(?:[.\-_]*[A-Za-z0-9][^/]*|[A-Za-z0-9.\-_]*/[A-Za-z0-9][^/]*)", re.ASCII),
    DEPENDENCY_MEANING,
)
_TEXTS = Table({}, each=_TEXT)


def _texts(names: str) -> dict[LuaKey, Node]:
    """Return fields of text by the words of ``names``."""
    return dict.fromkeys(names.split(), _TEXT)


def _by_platform(table: Table) -> Table:
    """Return ``table`` with a field ``platforms``, whose every entry is such a table again."""
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
    """Return ``table`` as LuaRocks since 3.12 looks at it."""
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
