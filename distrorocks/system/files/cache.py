"""A cache of results between runs: each is a row of a table, valid while its inputs are unchanged.

Inputs and results are JSON values: text, numbers, None, dicts with text keys, lists and tuples. A
cached result has lists where it had tuples. The input that stands for a file is its signature:
values of its status, which change when the file does; what is long is there as its fingerprint.

The tables are kept in pieces, so that one changed row costs writing one piece. The checksum of a
row's name chooses its piece. As each row is valid by its inputs alone, pieces of different runs
may be mixed, and a lost one costs time only. What a package's files are on disk is no input: its
records stand for it. So a refresh that looks at the files themselves drops what hooks have kept.
"""

from __future__ import annotations

import os
import time
from binascii import crc32
from collections.abc import Callable, Mapping, Sequence
from json import dumps, loads

from distrorocks.md5 import md5
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

_SHORT = 100
_ROWS_OF_PIECE = 512
MOST_PIECES = 1024
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
        self._made: set[str] = set()
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
            self._made.add(name)
        self.rows[name] = row
        return row[1]

    def knows(self, name: str, basis: Sequence[Any]) -> bool:
        """Return whether there is a cached result that is not stale."""
        row = self._earlier.get(name)
        return row is not None and row[0] == list(basis)

    @property
    def changed(self) -> set[str]:
        """The names of the rows that are new, are not as the earlier run left them, or are gone."""
        return self._made | (self._earlier.keys() - self.rows.keys())


Piece = Mapping[str, str]
"""Rows of some tables, by the name of the table: JSON, ASCII, on one line."""


class Cache:
    """The tables of an earlier run, and those that this run used.

    A row that a run does not use is dropped at its end.
    """

    def __init__(self, earlier: Sequence[Piece] = ()) -> None:
        self.earlier = earlier
        self._tables: dict[str, Table] = {}

    def table(self, name: str) -> Table:
        """Return the table with a name, with the rows of the earlier run.

        Raise ``ValueError`` or ``RecursionError`` if what that run left is not JSON.
        """
        if name not in self._tables:
            parts = [loads(piece[name]) for piece in self.earlier if name in piece]
            rows = parts[0] if len(parts) == 1 else {}
            for part in parts[1:] and parts:
                rows.update(part)
            self._tables[name] = Table(rows)
        return self._tables[name]

    @property
    def pieces(self) -> list[Piece]:
        """What this run leaves; a piece in which nothing has changed is the earlier one itself."""
        used = {name: table for name, table in self._tables.items() if table.rows}
        count = _piece_count(sum(len(it.rows) for it in used.values()), len(self.earlier))
        if count == len(self.earlier):
            changed = {
                _piece_of(row, count) for it in self._tables.values() for row in it.changed
            } | {at for at, piece in enumerate(self.earlier) if piece.keys() - used.keys()}
        else:
            changed = set(range(count))
        parts: dict[int, dict[str, str]] = {at: {} for at in changed}
        for name, table in used.items() if changed else ():
            shares: dict[int, dict[str, list[Any]]] = {at: {} for at in changed}
            for row, value in table.rows.items():
                if (at := _piece_of(row, count)) in shares:
                    shares[at][row] = value
            for at, share in shares.items():
                if share:
                    parts[at][name] = dumps(share)
        return [parts[at] if at in parts else self.earlier[at] for at in range(count)]

    @property
    def has_earlier(self) -> bool:
        """Whether an earlier run left tables."""
        return any(self.earlier)


def _piece_count(rows: int, earlier: int) -> int:
    """Return the number of pieces, a power of two; a fitting one of the earlier run is kept."""
    count = min(1 << (rows // _ROWS_OF_PIECE).bit_length(), MOST_PIECES)
    return earlier if earlier and count <= 2 * earlier <= 4 * count else count


def _piece_of(row: str, count: int) -> int:
    """Return the number of the piece that has a row."""
    return crc32(row.encode("utf-8", "surrogateescape")) % count if count > 1 else 0


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
