"""Our end of ``keeper.py``: it is told which sandboxes run."""

from __future__ import annotations

import contextlib
import os
from threading import Lock

from distrorocks.system.processes.closing import Closing
from distrorocks.system.processes.command import PATH
from distrorocks.system.processes.interruption import deferred, uninterrupted

KEEPER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "keeper.py")


class Keeper(Closing):
    """Our end of ``keeper.py``, from several threads too."""

    def __init__(self, python: str) -> None:
        import subprocess

        self._lock = Lock()
        with deferred():  # else it could be started and never ended
            self._process = subprocess.Popen(
                [python, "-I", "-S", KEEPER],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                cwd="/",
                env={"PATH": PATH},
                start_new_session=True,
            )

    def note(self, sign: str, session: int) -> None:
        """Tell the keeper of a session that starts ("+") or has ended ("-")."""
        with self._lock, contextlib.suppress(OSError, ValueError):
            assert self._process.stdin is not None  # noqa: S101 - for the checker of types
            self._process.stdin.write(f"{sign}{session}\n".encode())
            self._process.stdin.flush()

    def close(self) -> None:
        """End the keeper, which kills what has not ended."""
        with self._lock, uninterrupted():
            self._process.communicate()
