"""The process that ends sandboxes whose distrorocks was killed while they were being made.

A parent-death signal is set by a process for itself, so a process that is just being made has none
yet: bubblewrap then waits for a parent that is gone. The keeper is started as a program, ``python3
-I -S keeper.py``, and imports nothing else of distrorocks. Each line of its input is ``+ID`` for a
session of a sandbox that starts, or ``-ID`` for one that has ended. At the end of its input it
kills the sessions that are left.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time

_SESSION = 3  # in /proc/PID/stat, after the name
_ROUNDS = 100
_PAUSE = 0.01  # seconds


def members(sessions: set[int]) -> list[int]:
    """Return the living processes of some sessions."""
    found = []
    for name in filter(str.isdecimal, os.listdir("/proc")):
        with contextlib.suppress(OSError, IndexError):
            file = os.open(f"/proc/{name}/stat", os.O_RDONLY)
            fields = os.read(file, 4096).rpartition(b")")[2].split()
            os.close(file)
            if int(fields[_SESSION]) in sessions and fields[0] not in b"ZX":
                found.append(int(name))
    return found


def keep() -> None:
    """Follow the input to its end, and kill what is then left."""
    sessions: set[int] = set()
    for line in sys.stdin:
        sign, number = line[0], int(line[1:])
        if sign == "+":
            sessions.add(number)
        else:
            sessions.discard(number)
    for _ in range(_ROUNDS if sessions else 0):
        for process in members(sessions):
            with contextlib.suppress(OSError):
                os.kill(process, signal.SIGKILL)
        time.sleep(_PAUSE)


if __name__ == "__main__":
    keep()
