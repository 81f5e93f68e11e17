"""What tells one state of a file from another without reading it."""

from __future__ import annotations

import os
import time

Signature = tuple[int, ...]
_TICK = 1_000_000_000


def signature(path: str) -> Signature:
    """Return what tells one state of a file of this process from another, () for none."""
    try:
        return signature_of(os.lstat(path))
    except (OSError, ValueError):
        return ()


def signature_of(status: os.stat_result) -> Signature:
    """Return what changes when a file is written, replaced or given another owner or mode."""
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def is_settled(status: os.stat_result) -> bool:
    """Return whether a file has been as it is for a while.

    Two writings within one tick of the file system's clock have one time; one in the future is a
    clock that went back.
    """
    return time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns) > _TICK
