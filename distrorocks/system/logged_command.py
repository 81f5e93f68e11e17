"""A long program whose output goes to a log while it runs, with its last lines at hand."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from distrorocks.system.command import CommandError, end_session

LAST_LINES = 20
_TAIL = 16 * 1024


class Logged(NamedTuple):
    """How a program ended (negative: by which signal), and the last lines that it wrote."""

    status: int
    last_lines: tuple[str, ...]


class CommandLog:
    """A file that programs write to, one after the other; ``path`` is where a person finds it."""

    def __init__(self, path: str) -> None:
        self.path = path
        with open(path, "wb"):
            pass

    def run(self, argv: Sequence[str], *, environment: Mapping[str, str], directory: str) -> Logged:
        """Run a program to its end, with nothing on its input; raise where it cannot start.

        It leads a session of its own: what interrupts us ends it, with its children, at once.
        """
        import subprocess

        start = os.path.getsize(self.path)
        with open(self.path, "ab") as log:
            try:
                process = subprocess.Popen(
                    list(argv),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    cwd=directory,
                    env=dict(environment),
                    start_new_session=True,
                )
            except (OSError, ValueError) as fault:
                raise CommandError(f"{argv[0]} cannot be started", detail=str(fault)) from fault
            try:
                status = process.wait()
            finally:
                if process.poll() is None:
                    end_session(process.pid)
                    process.wait()
        return Logged(status, self._last_lines(start))

    def _last_lines(self, start: int) -> tuple[str, ...]:
        """Return the last lines that say something, of what was written after ``start``."""
        with open(self.path, "rb") as log:
            end = log.seek(0, os.SEEK_END)
            log.seek(max(start, end - _TAIL))
            text = log.read(_TAIL).decode("utf-8", "surrogateescape")
        lines = [line.rstrip() for line in text.splitlines() if line.strip()]
        return tuple(lines[-LAST_LINES:])


def log_path(name: str) -> str:
    """Return a path for a log of ours, in a directory that is there: root's, or the user's own."""
    import tempfile

    above = os.environ.get("XDG_STATE_HOME") or f"{os.environ.get('HOME', '')}/.local/state"
    directory = "/var/log/distrorocks" if os.geteuid() == 0 else f"{above}/distrorocks"
    try:
        os.makedirs(directory, mode=0o755, exist_ok=True)
        if os.access(directory, os.W_OK) and os.path.isabs(directory):
            return f"{directory}/{name}"
    except OSError:
        pass  # a home that cannot be written is no reason to install nothing
    return f"{tempfile.mkdtemp(prefix='distrorocks-')}/{name}"
