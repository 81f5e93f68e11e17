"""A signature of a file's state, from its status only: it changes when the file does."""

from __future__ import annotations

import os
import time

Signature = tuple[int, ...]
_TICK = 1_000_000_000


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
    return time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) > _TICK
