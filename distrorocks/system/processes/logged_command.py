"""A long program whose output goes to a log while it runs, with its last lines at hand."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from distrorocks.system.processes.command import CommandError, end_session
from distrorocks.system.processes.interruption import deferred, uninterrupted

if TYPE_CHECKING:
    from subprocess import Popen

LAST_LINES = 20
_TAIL = 16 * 1024


class Logged(NamedTuple):
    """How a program ended (negative: by which signal), and the last lines that it wrote."""

    status: int
    last_lines: tuple[str, ...]


class CommandLog:
    """A file that programs write to, one after the other; ``path`` is where a person finds it.

    It is a new file: another run that still writes to the one before keeps that.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        try:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
            self._file = os.open(path, flags, 0o644)
        except OSError as error:
            raise CommandError(
                f"cannot make the log {path}: {error.strerror}", hint="move away what is there"
            ) from error

    def close(self) -> None:
        """Write no more; the file stays."""
        os.close(self._file)

    def run(self, argv: Sequence[str], *, environment: Mapping[str, str], directory: str) -> Logged:
        """Run a program to its end, with nothing on its input; raise where it cannot start.

        It leads a session of its own: what interrupts us ends it, with its children, at once.
        """
        start = os.fstat(self._file).st_size
        process = None
        try:
            with deferred():  # else the program could be started, and we not know it
                process = self._started(argv, environment, directory)
            status = process.wait()
        finally:
            with uninterrupted():
                if process is not None and process.poll() is None:
                    end_session(process.pid)
                    process.wait()
        return Logged(status, self._last_lines(start))

    def _started(
        self, argv: Sequence[str], environment: Mapping[str, str], directory: str
    ) -> Popen[bytes]:
        import subprocess

        try:
            return subprocess.Popen(
                list(argv),
                stdin=subprocess.DEVNULL,
                stdout=self._file,
                stderr=subprocess.STDOUT,
                cwd=directory,
                env=dict(environment),
                start_new_session=True,
            )
        except (OSError, ValueError) as fault:
            raise CommandError(f"{argv[0]} cannot be started", detail=str(fault)) from fault

    def _last_lines(self, start: int) -> tuple[str, ...]:
        """Return the last lines that say something, of what was written after ``start``."""
        end = os.fstat(self._file).st_size
        text = os.pread(self._file, _TAIL, max(start, end - _TAIL))
        lines = text.decode("utf-8", "surrogateescape").splitlines()
        return tuple([line.rstrip() for line in lines if line.strip()][-LAST_LINES:])
