"""What a run has started and left behind: it becomes ours, is waited for, held, or ended."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

from integration.faults.layer import CALLER, HOLD, KILL, TEAR, Fault

_SUBREAPER = 36
_PATIENCE = 20.0
"""Seconds until a process that should end counts as left behind."""


class Orphans:
    """The processes that come to this one when their parent ends; older children are no orphans."""

    def __init__(self) -> None:
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
        self._ours = _children()
        self._held: set[int] = set()

    def after(self, fault: Fault) -> list[int]:
        """Return what a run has left running; after a kill of all nothing is."""
        is_kill = fault.deed in (KILL, TEAR)
        if is_kill and fault.whom & HOLD:
            self._held = self._living()
            return sorted(self._held)
        if is_kill and fault.whom & CALLER:
            while living := self._living():
                for process in living:
                    send(process, signal.SIGKILL)
            return []
        return self._waited_for()

    def release(self) -> None:
        """Let held processes go on to their end."""
        held, self._held = self._held, set()
        for process in held:
            send(process, signal.SIGCONT)
        self._waited_for()

    def _waited_for(self) -> list[int]:
        """Wait for all that a run has left; return what does not end, and end it."""
        end = time.monotonic() + _PATIENCE
        while (living := self._living()) and time.monotonic() < end:
            time.sleep(0.002)
        for process in living:
            send(process, signal.SIGKILL)
        return sorted(living)

    def _living(self) -> set[int]:
        """Return the orphans that live and are not held; hear of those that have ended."""
        found = set()
        for process in _children() - self._ours - self._held:
            try:
                if not os.waitpid(process, os.WNOHANG)[0]:
                    found.add(process)
            except ChildProcessError:
                continue
        return found


def _children() -> set[int]:
    me = os.getpid()
    return {int(each) for each in Path(f"/proc/{me}/task/{me}/children").read_text().split()}


def send(process: int, number: int) -> None:
    """Send a signal to what may have ended."""
    with suppress(ProcessLookupError):
        os.kill(process, number)


def send_late(process: int, seconds: float, number: int) -> None:
    """Send a signal so long after a program has begun to answer signals, if it does not end before.

    What comes earlier interrupts Python itself, which is still reading the program.
    """
    while not _answers(process):
        time.sleep(0.0005)
    time.sleep(seconds)
    send(process, number)


def _answers(process: int) -> bool:
    """Return whether a process has an answer of its own for SIGTERM, or has ended (proc(5))."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return True
    said = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    if said["State"].startswith(("Z", "X")):
        return True
    return bool(int(said["SigCgt"], 16) >> (signal.SIGTERM - 1) & 1)
