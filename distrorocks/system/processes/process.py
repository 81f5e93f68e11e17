"""Whether another process still lives, and whether it is the one that was meant."""

from __future__ import annotations

import os


def is_running(process: int) -> bool:
    """Return whether a process of this number lives; True where that cannot be told.

    One that has ended and that its parent has not heard of yet does not live. A number too large
    for any process is nobody's.
    """
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        pass  # another user's
    return _status(process)[:1] != [b"Z"]


def started(process: int) -> str:
    """Return when a process began, as the kernel counts it, "" where that cannot be told.

    Two processes that had the same number began at different times.
    """
    fields = _status(process)
    return fields[19].decode("ascii", "replace") if len(fields) > 19 else ""


def _status(process: int) -> list[bytes]:
    """Return the fields of ``/proc/PID/stat`` after the name (proc(5)), [] where there are none."""
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            return file.read(4096).rpartition(b")")[2].split()
    except OSError:
        return []
