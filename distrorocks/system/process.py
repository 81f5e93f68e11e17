"""Whether another process still lives."""

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
