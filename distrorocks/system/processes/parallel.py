"""Parallel work on a long list, in forked processes.

Each part is done in a forked process, which returns its results as marshalled bytes and exits. A
part that a process did not finish is done again here, so a failure only costs time.
"""

from __future__ import annotations

import contextlib
import marshal
import os
from collections.abc import Callable, Sequence

from distrorocks.system.processes.interruption import arriving, deferred, uninterrupted
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    import signal as _signal
    from typing import TypeVar

    Item = TypeVar("Item")
    Result = TypeVar("Result")
else:  # see ``interruption``
    import _signal

_LEAST = 200
_MOST_PROCESSES = 8


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))


def in_parts(work: Callable[[Sequence[Item]], list[Result]], items: Sequence[Item]) -> list[Result]:
    """Return ``work(items)``, done in parallel parts if that is faster.

    ``work`` must give the same results for the parts of a list as for the whole, and results must
    consist of types that ``marshal`` supports: tuples, lists, text, numbers, None.
    """
    processes = min(processors(), _MOST_PROCESSES, len(items) // _LEAST)
    if processes < 2:
        return work(items)
    size = -(-len(items) // processes)
    parts = [items[start : start + size] for start in range(0, len(items), size)]
    away: list[tuple[tuple[int, int] | None, Sequence[Item]]] = []
    try:
        for part in parts[1:]:
            with deferred():  # else it could be started and never ended
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
    """Fork a process for ``part``; return its id and the pipe with its results, or None."""
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
    """Kill a process whose results are not needed; it may have exited already."""
    if process is None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(process[0], _signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(process[0], 0)
    with contextlib.suppress(OSError):
        os.close(process[1])


def _collect(process: int, outlet: int) -> list[Result] | None:
    """Return the results of a process, or None if it did not finish."""
    sent = b"".join(arriving(outlet))
    os.close(outlet)
    _, status = os.waitpid(process, 0)
    if status != 0:
        return None
    results: list[Result] = marshal.loads(sent)  # noqa: S302 - from our own child
    return results
