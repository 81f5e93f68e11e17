"""A cache of results between runs: an entry is valid while its fingerprint is unchanged.

Of an entry's inputs only the fingerprint is kept. Results are JSON values: text, numbers, None,
dicts with text keys, lists and tuples. A cached result has lists where it had tuples; as input of
another entry the two have different fingerprints. The input that stands for a file is its
signature: values of its status, which change when the file does. What depends on one file alone is
a row of a table.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from json import JSONDecoder, dumps

from distrorocks.md5 import md5
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

_SHORT = 100
TICK = 1_000_000_000
"""Nanoseconds within which two changes of a file may have the same time stamp."""
_read = JSONDecoder().raw_decode
Signature = tuple[int, ...]


class Kept(NamedTuple):
    """A cache entry: the fingerprint of its inputs, and the result as JSON ("" if new)."""

    mark: str
    text: str
    answer: Any = None

    @property
    def json(self) -> str:
        """The result as JSON: ASCII, on one line."""
        return self.text or dumps(self.answer)


class Table:
    """Results of one kind, by name, each valid while its inputs are unchanged.

    Thousands of rows are one entry of the cache, which is read and written at once. A row has its
    inputs as they are, so they should be short: signatures, fingerprints, some words.
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
        result is cached only if it ``lasts``.
        """
        row, mark = self._earlier.get(name), list(basis)
        if row is None or row[0] != mark:
            row = [mark, make()]
            if lasts and not lasts(row[1]):
                return row[1]
            self._made += 1
        self.rows[name] = row
        return row[1]

    @property
    def is_new(self) -> bool:
        """Whether this run's rows differ from the earlier run's."""
        return self._made > 0 or len(self.rows) != len(self._earlier)


class Cache:
    """The entries of an earlier run, and those that this run used.

    An entry or a row that a run does not use is dropped at its end.
    """

    def __init__(self, earlier: Mapping[str, Kept] | None = None) -> None:
        self._earlier = earlier or {}
        self._used: dict[str, Kept] = {}
        self._tables: dict[str, Table] = {}
        self._made = 0

    def table(self, name: str) -> Table:
        """Return the table with a name, with the rows of the earlier run."""
        if name not in self._tables:
            earlier = self._earlier.get(_table_key(name))
            self._tables[name] = Table(_value(earlier) if earlier else {})
        return self._tables[name]

    def of(
        self,
        key: Any,
        basis: Any,
        make: Callable[[], Any],
        *,
        lasts: Callable[[Any], bool] | None = None,
    ) -> Any:
        """Return the result for ``key``: the cached one if ``basis`` is unchanged, else a new one.

        A new result is cached only if it ``lasts``, that is, if it depends on nothing but
        ``basis``.
        """
        name, mark = ascii(key), fingerprint(basis)
        known = self._earlier.get(name)
        if known is not None and known.mark == mark:
            try:
                answer = _value(known)
            except (ValueError, RecursionError):
                pass  # not JSON: compute it again
            else:
                self._used[name] = known
                return answer
        answer = make()
        if not lasts or lasts(answer):
            self._used[name] = Kept(mark, "", answer)
            self._made += 1
        return answer

    def knows(self, key: Any, basis: Any) -> bool:
        """Return whether there is a cached result that is not stale."""
        known = self._earlier.get(ascii(key))
        return known is not None and known.mark == fingerprint(basis)

    @property
    def known(self) -> dict[str, Kept]:
        """The entries that this run used, a table as one."""
        known = dict(self._used)
        for name, table in self._tables.items():
            key = _table_key(name)
            if table.rows:
                known[key] = Kept("", "", table.rows) if table.is_new else self._earlier[key]
        return known

    @property
    def has_earlier(self) -> bool:
        """Whether an earlier run left entries."""
        return bool(self._earlier)

    @property
    def is_new(self) -> bool:
        """Whether this run's entries differ from the earlier run's."""
        tables = self._tables.values()
        entries = len(self._used) + sum(bool(table.rows) for table in tables)
        is_changed = self._made > 0 or any(table.is_new for table in tables)
        return is_changed or entries != len(self._earlier)


def _table_key(name: str) -> str:
    """Return the key of the entry that a table is."""
    return ascii(("table", name))


def _value(kept: Kept) -> Any:
    """Return the result of an entry; raise ValueError or RecursionError if it is not JSON."""
    return _read(kept.text)[0] if kept.text else kept.answer


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
