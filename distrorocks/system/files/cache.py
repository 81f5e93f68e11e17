"""A cache of results between runs: an entry is valid while its fingerprint is unchanged.

Of an entry's inputs only the fingerprint is kept. Results are JSON values: text, numbers, None,
dicts with text keys, lists and tuples. A cached result has lists where it had tuples; as input of
another entry the two have different fingerprints. The input that stands for a file is its
signature: values of its status, which change when the file does.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from hashlib import md5
from json import JSONDecoder, dumps
from typing import Any

from distrorocks.values import NamedTuple

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


class Cache:
    """The entries of an earlier run, and those that this run used.

    An entry that a run does not use is dropped at its end.
    """

    def __init__(self, earlier: Mapping[str, Kept] | None = None) -> None:
        self._earlier = earlier or {}
        self.known: dict[str, Kept] = {}
        self._made = 0

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
                answer = _read(known.text)[0] if known.text else known.answer
            except (ValueError, RecursionError):
                pass  # not JSON: compute it again
            else:
                self.known[name] = known
                return answer
        answer = make()
        if not lasts or lasts(answer):
            self.known[name] = Kept(mark, "", answer)
            self._made += 1
        return answer

    def knows(self, key: Any, basis: Any) -> bool:
        """Return whether there is a cached result that is not stale."""
        known = self._earlier.get(ascii(key))
        return known is not None and known.mark == fingerprint(basis)

    @property
    def has_earlier(self) -> bool:
        """Whether an earlier run left entries."""
        return bool(self._earlier)

    @property
    def is_new(self) -> bool:
        """Whether this run's entries differ from the earlier run's."""
        return self._made > 0 or len(self.known) != len(self._earlier)


def fingerprint(basis: Any) -> str:
    """Return a short ASCII text, without tabs or line breaks, that differs for different inputs."""
    text = ascii(basis)
    if len(text) <= _SHORT:
        return text
    return md5(text.encode("ascii"), usedforsecurity=False).hexdigest()


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
