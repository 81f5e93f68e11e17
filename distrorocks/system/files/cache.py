"""A cache of results between runs: each is a row of a table, valid while its inputs are unchanged.

Inputs and results are JSON values: text, numbers, None, dicts with text keys, lists and tuples. A
cached result has lists where it had tuples. The input that stands for a file is its signature:
values of its status, which change when the file does; what is long is there as its fingerprint.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from json import dumps, loads

from distrorocks.md5 import md5
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

_SHORT = 100
TICK = 1_000_000_000
"""Nanoseconds within which two changes of a file may have the same time stamp."""
Signature = tuple[int, ...]


class Table:
    """Results of one kind, by name, each valid while its inputs are unchanged.

    Thousands of rows are read and written at once. A row has its inputs as they are, so they should
    be short: signatures, fingerprints, some words.
    """

    def __init__(self, earlier: Mapping[str, list[Any]]) -> None:
        self._earlier = earlier
        self._made = 0
        self.rows: dict[str, list[Any]] = {}

    def of(
        self,
        name: str,
        basis: Sequence[Any],
        make: Callable[[], Any],
        *,
        lasts: Callable[[Any], bool] | None = None,
    ) -> Any:
        """Return the result for ``name``: the cached one if ``basis`` is unchanged, else a new one.

        Both have the types of JSON, lists for tuples, but ``basis`` itself may be a tuple. A new
        result is cached only if it ``lasts``, that is, if it depends on nothing but ``basis``.
        """
        if self.knows(name, basis):
            row = self._earlier[name]
        else:
            row = [list(basis), make()]
            if lasts and not lasts(row[1]):
                return row[1]
            self._made += 1
        self.rows[name] = row
        return row[1]

    def knows(self, name: str, basis: Sequence[Any]) -> bool:
        """Return whether there is a cached result that is not stale."""
        row = self._earlier.get(name)
        return row is not None and row[0] == list(basis)

    @property
    def is_new(self) -> bool:
        """Whether this run's rows differ from the earlier run's."""
        return self._made > 0 or len(self.rows) != len(self._earlier)


class Cache:
    """The tables of an earlier run, and those that this run used.

    A row that a run does not use is dropped at its end. ``earlier`` has each table as JSON.
    """

    def __init__(self, earlier: Mapping[str, str] | None = None) -> None:
        self._earlier = earlier or {}
        self._tables: dict[str, Table] = {}

    def table(self, name: str) -> Table:
        """Return the table with a name, with the rows of the earlier run.

        Raise ``ValueError`` or ``RecursionError`` if what that run left is not JSON.
        """
        if name not in self._tables:
            self._tables[name] = Table(loads(self._earlier.get(name, "{}")))
        return self._tables[name]

    @property
    def known(self) -> dict[str, str]:
        """The tables that this run used, each as JSON: ASCII, on one line."""
        return {
            name: dumps(table.rows) if table.is_new else self._earlier[name]
            for name, table in self._tables.items()
            if table.rows
        }

    @property
    def has_earlier(self) -> bool:
        """Whether an earlier run left tables."""
        return bool(self._earlier)

    @property
    def is_new(self) -> bool:
        """Whether this run's rows differ from the earlier run's."""
        used = {name for name, table in self._tables.items() if table.rows}
        return used != self._earlier.keys() or any(it.is_new for it in self._tables.values())


def fingerprint(basis: Any) -> str:
    """Return a short ASCII text, without tabs or line breaks, that differs for different inputs."""
    text = ascii(basis)
    if len(text) <= _SHORT:
        return text
    return md5(text.encode("ascii")).hexdigest()


def signature(path: str) -> Signature:
    """Return the signature of a file in this process's root, or () if it does not exist."""
    try:
        return signature_of(os.lstat(path))
    except (OSError, ValueError):
        return ()


def signature_of(status: os.stat_result) -> Signature:
    """Return values that change when a file is written, replaced, or changes owner or mode."""
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def is_settled(status: os.stat_result) -> bool:
    """Return whether a file's last change is old enough for its signature to be reliable.

    Two writes within one tick of the file system's clock have the same time stamp; a time in the
    future means that the clock was set back.
    """
    return time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) > TICK
