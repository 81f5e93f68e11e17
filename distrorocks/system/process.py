"""Whether another process still lives, and whether it is the one that was meant."""

from __future__ import annotations

import os


def is_running(process: int) -> bool:
    """Return whether a process of this number exists; True where that cannot be told.

    A number too large for any process is nobody's.
    """
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def started(process: int) -> str:
    """Return when a process began, as the kernel counts it, "" where that cannot be told.

    Two processes that had the same number began at different times.
    """
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            return file.read(4096).rpartition(b")")[2].split()[19].decode("ascii")
    except (OSError, IndexError, UnicodeDecodeError):
        return ""
