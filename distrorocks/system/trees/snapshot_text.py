"""The record of a snapshot as JSON; the paths that it may name are confined to the tree.

A path is a top's name and a plain relative name below it; where the tops are comes only from the
configuration. A record with anything else is damaged, and nothing of it is used.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

from distrorocks.system.trees.snapshot_record import (
    DIRECTORY,
    FILE,
    FILE_MODE,
    FORMAT,
    LINK,
    OTHER,
    WAY,
    Entry,
    Identity,
    Record,
    SnapshotError,
)
from distrorocks.system.trees.tree_place import UNDO, TreePlace

LIMIT = 64 << 20
"""The most bytes of a record: some 400,000 paths."""

_INT32, _INT64 = 2**32 - 1, 2**63
_DIGEST = 64  # hexadecimal digits
_FAULTS = (ValueError, TypeError, KeyError, RecursionError, MemoryError, OverflowError)


def record_text(record: Record) -> bytes:
    """Return a record as text for ``read_record``."""
    return json.dumps({"format": FORMAT, **record._asdict()}).encode()


def read_record(text: bytes, place: TreePlace) -> Record:
    """Parse the record of a tree at ``place``, or raise ``SnapshotError``."""
    try:
        value = json.loads(text)
        if value["format"] != FORMAT:
            raise SnapshotError(f"its record is not of format {FORMAT}, which this version writes")
        places = [_identity(each) for each in _list(value["places"])]
        missing = [_missing(each, place) for each in _list(value["missing"])]
        return Record(
            _number(value["process"], _INT32),
            _text(value["began"]),
            _text(value["boot"]),
            _number(value["user"], _INT32),
            _text(value["lua_version"]),
            tuple(places),
            tuple(missing),
            _number(value["made"], len(place.root.strip("/").split("/"))),
            _ways(_list(value["ways"]), place),
            _entries(_list(value["entries"]), place),
        )
    except _FAULTS as error:
        raise SnapshotError("its record is damaged") from error


def _entries(values: Sequence[Any], place: TreePlace) -> tuple[Entry, ...]:
    """Return entries, each preceded by the entry of its directory."""
    names = {name for name, _ in place.tops}
    directories: set[tuple[str, str]] = set()
    seen: set[tuple[str, str]] = set()
    entries = []
    for value in values:
        entry = _entry(_list(value))
        key = entry.top, entry.name
        above = entry.top, entry.name.rpartition("/")[0]
        if entry.top not in names or key in seen or (entry.name and above not in directories):
            raise ValueError(entry.name)
        seen.add(key)
        if entry.kind == DIRECTORY:
            directories.add(key)
        entries.append(entry)
    return tuple(entries)


def _ways(values: Sequence[Any], place: TreePlace) -> tuple[Entry, ...]:
    """Return the entries of directories; each must be between the root and a top."""
    ways = tuple(_entry(_list(value)) for value in values)
    names = [each.name for each in ways]
    plain = all((each.top, each.kind) == (WAY, DIRECTORY) for each in ways)
    if not plain or names != [name for name in place.ways() if name in names]:
        raise ValueError(names)
    return ways


def _entry(value: Sequence[Any]) -> Entry:
    top, name, kind, mode, owner, group, modified, changed, inode, size, said = value
    if kind not in (DIRECTORY, FILE, LINK, OTHER):
        raise ValueError(kind)
    entry = Entry(
        _text(top),
        _plain(_text(name)),
        kind,
        _number(mode, 0o7777 if kind == DIRECTORY else FILE_MODE),
        _number(owner, _INT32 - 1),
        _number(group, _INT32 - 1),
        _time(modified),
        _time(changed),
        _number(inode, 2 * _INT64 - 1),
        _number(size, _INT64 - 1),
        _text(said),
    )
    if (kind == LINK) != bool(said) and kind != FILE:
        raise ValueError(said)
    if kind == FILE and said and not (len(said) == _DIGEST and said.isalnum()):
        raise ValueError(said)
    return entry


def _plain(name: str) -> str:
    """Return a relative name without ``.`` or ``..`` that names no other snapshot."""
    for step in name.split("/") if name else ():
        if step in ("", ".", "..") or step.startswith(UNDO):
            raise ValueError(name)
    return name


def _identity(value: Any) -> Identity:
    name, path, device, inode = _list(value)
    most = 2 * _INT64 - 1
    return Identity(_text(name), _text(path), _number(device, most), _number(inode, most))


def _missing(value: Any, place: TreePlace) -> tuple[str, int]:
    """Return a top and how many of its levels were missing: only levels below the root."""
    top, levels = _list(value)
    return _text(top), _number(levels, place.levels(top))


def _list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise TypeError(value)
    return value


def _text(value: Any) -> str:
    """Return a text that is valid as a file name."""
    if type(value) is not str or "\0" in value:
        raise TypeError(value)
    os.fsencode(value)
    return value


def _number(value: Any, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError(value)
    return value


def _time(value: Any) -> int:
    if type(value) is not int or not -_INT64 <= value < _INT64:
        raise ValueError(value)
    return value
