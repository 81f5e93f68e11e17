"""Force many files or directories to disk (fsync(2)), side by side.

A file system writes its own journal once for all that wait for it at the same time: on ext4 a
thousand files take a tenth of the time that they take one after another. More threads save no more.
What is to be synced is opened and closed in the calling thread alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, suppress
from itertools import chain, islice
from queue import SimpleQueue

from distrorocks.system.files.atomic_file import failing_to
from distrorocks.system.files.beneath import Beneath, BlockedError
from distrorocks.system.processes.interruption import interrupt_if_asked
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from threading import Thread

_THREADS = 8
_OPEN_AT_ONCE = 2 * _THREADS
_FEW = 3
"""So many are synced one after another: threads would cost more."""

Opening = tuple[str, AbstractContextManager[int]]


def sync_all(openings: Iterable[Opening]) -> None:
    """Sync what the context managers open, each beside its name for errors.

    They are entered in order, no more than ``_OPEN_AT_ONCE`` of them at a time. If any cannot be
    synced, the others are, and then an ``OSError`` with one such name as its ``filename`` is
    raised. What ``openings`` raises ends all at once.
    """
    pending = iter(openings)
    first = list(islice(pending, _FEW + 1))
    threads = _SideBySide() if len(first) > _FEW else None
    if threads and threads.are_there:
        threads.sync(chain(first, pending))
        return
    faults = []
    for name, opening in chain(first, pending):
        with opening as opened:
            faults += _fault(opened, name)
    _report(faults)


def sync_files(below: Beneath, files: Iterable[tuple[str, str]]) -> None:
    """Sync new files: for each the path that an error names, and the one that it has now.

    Raise ``WriteError`` if one cannot be synced; an interruption takes effect between two.
    """

    def opened() -> Iterator[Opening]:
        for named, path in files:
            interrupt_if_asked()
            yield below.shown(named), below.file(path)

    try:
        sync_all(opened())
    except OSError as error:
        with failing_to("write", str(error.filename)):
            raise


def sync_directories(below: Beneath, directories: Iterable[str]) -> None:
    """Sync the entries of directories, as far as the file system can and they can be opened."""

    def opened() -> Iterator[Opening]:
        for each in dict.fromkeys(directories):
            with suppress(OSError, BlockedError):
                below.directory(each)
                yield each, below.opened(each)

    with suppress(OSError, BlockedError):
        sync_all(opened())


class _SideBySide:
    """Threads that sync, and what they have been given; there are none where none may start."""

    def __init__(self) -> None:
        from threading import Thread

        self._asked: SimpleQueue[tuple[int, str] | None] = SimpleQueue()
        self._done: SimpleQueue[tuple[int, list[BaseException]]] = SimpleQueue()
        self._open: dict[int, ExitStack] = {}
        self._faults: list[BaseException] = []
        self._threads: list[Thread] = []
        with suppress(RuntimeError):  # a limit of the user's
            for _ in range(_THREADS):
                thread = Thread(target=self._work, daemon=True)
                thread.start()
                self._threads.append(thread)

    @property
    def are_there(self) -> bool:
        """Whether any thread could be started."""
        return bool(self._threads)

    def sync(self, openings: Iterable[Opening]) -> None:
        """Sync all; each descriptor is closed as soon as it has been."""
        try:
            for name, opening in openings:
                if len(self._open) >= _OPEN_AT_ONCE:
                    self._close_one()
                stack = ExitStack()
                opened = stack.enter_context(opening)
                self._open[opened] = stack
                self._asked.put((opened, name))
        finally:
            while self._open:
                self._close_one()
            for _ in self._threads:
                self._asked.put(None)
            for thread in self._threads:
                thread.join()
        _report(self._faults)

    def _close_one(self) -> None:
        opened, faults = self._done.get()
        self._faults += faults
        self._open.pop(opened).close()

    def _work(self) -> None:
        while (asked := self._asked.get()) is not None:
            self._done.put((asked[0], _fault(*asked)))


def _fault(opened: int, name: str) -> list[BaseException]:
    """Sync a descriptor; return what went wrong."""
    try:
        os.fsync(opened)
    except OSError as error:
        return [OSError(error.errno, error.strerror, name)]
    except BaseException as error:
        return [error]
    return []


def _report(faults: list[BaseException]) -> None:
    if faults:
        raise faults[0]
