"""What forked processes have done of their parent's work: they say so in a pipe.

Work on long lists is done by several processes (``system/processes/parallel.py``). None of them
may draw, and what a thread of the parent was drawing is not theirs.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Mapping
from contextlib import suppress

from distrorocks.progress import Work

_MESSAGE = struct.Struct("=II")
"""The number of a work and a count: far below PIPE_BUF, so messages are never mixed."""

_AT_ONCE = _MESSAGE.size << 12


class ChildReports:
    """The pipe: children write to it, and the parent reads from it without waiting."""

    def __init__(self) -> None:
        self._outlet, self._inlet = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def reporter(self, numbers: Mapping[Work, int]) -> ChildReporter:
        """Return the listener of a child; ``numbers`` are those of the works under way."""
        return ChildReporter(self._inlet, numbers)

    def take(self) -> dict[int, int]:
        """Return what has been done since the last time, by the number of the work."""
        counts: dict[int, int] = {}
        with suppress(OSError):
            while content := os.read(self._outlet, _AT_ONCE):
                for number, count in _MESSAGE.iter_unpack(content):
                    counts[number] = counts.get(number, 0) + count
        return counts


class ChildReporter:
    """See ``Progress``: passes on what a child has done; what finds no room is lost."""

    def __init__(self, inlet: int, numbers: Mapping[Work, int]) -> None:
        self._inlet = inlet
        self._numbers = numbers

    def started(self, work: Work) -> None:
        """See ``Progress``: a child's own works are not shown."""

    def advanced(self, work: Work, count: int, step: str | None) -> None:  # noqa: ARG002
        """See ``Progress``."""
        if count > 0 and work in self._numbers:
            with suppress(OSError):
                os.write(self._inlet, _MESSAGE.pack(self._numbers[work], count))

    def finished(self, work: Work) -> None:
        """See ``Progress``."""
