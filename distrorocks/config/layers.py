"""Merging configuration tables by LuaRocks' rules, with the origin of each value.

Tables are merged key by key, lists by index. Only ``rocks_trees`` and ``rocks_servers`` are
replaced as a whole by the later file.
"""

from __future__ import annotations

from collections.abc import Mapping

from distrorocks.lua.value import LuaKey, LuaTable, LuaValue, deep_copy
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import TypeAlias

DEFAULT = "default"
DETECTED = "detected"
COMMAND_LINE = "command line"

Path: TypeAlias = tuple[LuaKey, ...]
Origins: TypeAlias = dict[Path, str]

WHOLE = ("rocks_trees", "rocks_servers")


class Layered(NamedTuple):
    """A table, and the origin of each value in it that is not a table (or an empty one)."""

    table: LuaTable
    origins: Mapping[Path, str]


def layer(table: LuaTable, origin: str) -> Layered:
    """Return a table with one origin for all values."""
    return laid_over(Layered({}, {}), table, origin)


def laid_over(below: Layered, above: LuaTable, origin: str) -> Layered:
    """Merge a later file over ``below``; a table and a plain value replace each other.

    Unchanged values keep their origin.
    """
    table, origins = deep_copy(below.table), dict(below.origins)
    for key in WHOLE:
        if isinstance(above.get(key), dict) and above[key] != table.get(key):
            table.pop(key, None)
            _forget(origins, (key,))
    _over(table, origins, above, origin, ())
    return Layered(table, origins)


def laid_under(above: Layered, below: Layered) -> Layered:
    """Return ``above`` with the values of ``below`` for unset keys; false counts as set."""
    table, origins = deep_copy(above.table), dict(above.origins)
    _under(table, origins, below.table, below.origins, ())
    return Layered(table, origins)


def replaced(layered: Layered, key: LuaKey, value: LuaValue, origin: str) -> Layered:
    """Return a table with one key replaced, or removed if ``value`` is None."""
    table = {name: each for name, each in layered.table.items() if name != key}
    origins = dict(layered.origins)
    _forget(origins, (key,))
    if value is not None:
        _over(table, origins, {key: value}, origin, ())
    return Layered(table, origins)


def origins_below(origins: Mapping[Path, str], path: Path) -> dict[Path, str]:
    """Return the origins of a value and its fields, ordered by path."""
    size = len(path)
    found = [(each, origin) for each, origin in origins.items() if each[:size] == path]
    return dict(sorted(found, key=lambda pair: [(type(k).__name__, k) for k in pair[0]]))


def _over(table: LuaTable, origins: Origins, above: LuaTable, origin: str, path: Path) -> None:
    """Set the values of ``above`` in ``table``."""
    for key, value in above.items():
        here = (*path, key)
        old = table.get(key)
        if not isinstance(value, dict):
            if isinstance(old, dict):
                _forget(origins, here)
            table[key] = value
            origins[here] = origin
            continue
        if not isinstance(old, dict):
            old = table[key] = {}
            origins[here] = origin
        if value:
            origins.pop(here, None)
        _over(old, origins, value, origin, here)


def _under(
    table: LuaTable,
    origins: Origins,
    below: LuaTable,
    below_origins: Mapping[Path, str],
    path: Path,
) -> None:
    """Set the values of ``below`` that ``table`` lacks."""
    for key, value in below.items():
        here = (*path, key)
        old = table.get(key)
        if isinstance(value, dict):
            if old is None:
                old = table[key] = {}
                if not value:
                    origins[here] = below_origins[here]
            if isinstance(old, dict):
                if value:
                    origins.pop(here, None)
                _under(old, origins, value, below_origins, here)
        elif old is None:
            table[key] = value
            origins[here] = below_origins[here]


def _forget(origins: Origins, path: Path) -> None:
    """Drop the origins of a value and its fields."""
    size = len(path)
    for each in [each for each in origins if each[:size] == path]:
        del origins[each]
