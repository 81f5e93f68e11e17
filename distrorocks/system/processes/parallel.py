"""Work on a long list, spread over this machine's processors.

Each part is done in a forked process, which sends its results home as marshalled bytes and is
gone: nothing it does can hurt the others. What a process could not finish is done again here, so
the only thing at stake is time.
"""

from __future__ import annotations

import contextlib
import marshal
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from distrorocks.system.processes.interruption import deferred, uninterrupted

if TYPE_CHECKING:
    import signal as _signal
else:  # as in ``interruption``
    import _signal

Item = TypeVar("Item")
Result = TypeVar("Result")

_LEAST = 200
_MOST_PROCESSES = 8


def in_parts(work: Callable[[Sequence[Item]], list[Result]], items: Sequence[Item]) -> list[Result]:
    """Return ``work(items)``, done in parts at the same time where that is quicker.

    ``work`` must give the same results for a list in parts as for the whole, and results must be
    made of what ``marshal`` knows: tuples, lists, text, numbers, None.
    """
    processes = min(len(os.sched_getaffinity(0)), _MOST_PROCESSES, len(items) // _LEAST)
    if processes < 2:
        return work(items)
    size = -(-len(items) // processes)
    parts = [items[start : start + size] for start in range(0, len(items), size)]
    away: list[tuple[tuple[int, int] | None, Sequence[Item]]] = []
    try:
        for part in parts[1:]:
            with deferred():  # else it could be started, and nobody know of it
                away.append((_start(work, part), part))
        results = work(parts[0])
        while away:
            process, part = away[0]
            sent: list[Result] | None = _collect(*process) if process else None
            away.pop(0)
            results += sent or work(part)
    except BaseException:
        with uninterrupted():
            for process, _ in away:
                _end(process)
        raise
    return results


def _start(
    work: Callable[[Sequence[Item]], list[Result]], part: Sequence[Item]
) -> tuple[int, int] | None:
    """Return the number of a process that does ``part``, and where its results come out."""
    try:
        outlet, inlet = os.pipe()
        process = os.fork()
    except OSError:
        return None
    if process:
        os.close(inlet)
        return process, outlet
    status = 1
    try:
        os.close(outlet)
        with open(inlet, "wb") as pipe:
            pipe.write(marshal.dumps(work(part)))
        status = 0
    finally:
        os._exit(status)


def _end(process: tuple[int, int] | None) -> None:
    """End a process whose results nobody wants any more; it may have ended already."""
    if process is None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(process[0], _signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(process[0], 0)
    with contextlib.suppress(OSError):
        os.close(process[1])


def _collect(process: int, outlet: int) -> list[Result] | None:
    """Return what a process sent home, or None if it did not finish."""
    with open(outlet, "rb") as pipe:
        sent = pipe.read()
    _, status = os.waitpid(process, 0)
    if status != 0:
        return None
    results: list[Result] = marshal.loads(sent)  # noqa: S302 - from our own child
    return results
