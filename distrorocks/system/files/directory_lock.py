"""A file lock (flock(2)) on a directory, which ends with its process whatever happens to it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.beneath import Beneath

_PAUSE = 0.02


@contextlib.contextmanager
def locked(folder: Beneath, seconds: float) -> Iterator[None]:
    """Hold the lock on the top of ``folder`` in the block.

    Raise ``DistrorocksError`` if another process keeps it for ``seconds``.
    """
    handle = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder.directory(""))
    try:
        for _ in range(max(1, int(seconds / _PAUSE))):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(_PAUSE)
        else:
            raise DistrorocksError(f"another process has changed it for {seconds:g} seconds")
        yield
    finally:
        os.close(handle)
