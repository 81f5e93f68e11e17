"""A long program whose output goes to a log while it runs, with its last lines at hand."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from distrorocks.system.processes.command import PATH, CommandError, find_program, run
from distrorocks.system.processes.interruption import deferred, uninterrupted
from distrorocks.system.processes.session import MARK, Note, end, new_mark, session_of

if TYPE_CHECKING:
    from subprocess import Popen

LAST_LINES = 20
_TAIL = 16 * 1024
_GATE = 'read -r go || exit 1; exec "$@" </dev/null'
"""What a session begins as: it waits for a line, and ends where nobody is left to write it."""


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

    def run(
        self,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str],
        directory: str,
        note: Note = lambda _: None,
    ) -> Logged:
        """Run a program to its end, with nothing on its input; raise where it cannot start.

        It leads a session of its own, which ``note`` hears of before the program begins. What
        interrupts us ends the session at once, and none of it stays when the program has ended.
        """
        start = os.fstat(self._file).st_size
        session = None
        process = None
        mark = new_mark()
        try:
            with deferred():  # else the program could be started, and we not know it
                process = self._started(argv, {**environment, MARK: mark}, directory)
                session = session_of(process.pid, mark)
                note(session)
                _let_go(process)
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        finally:
            with uninterrupted():
                if process is not None:
                    _closed(process)
                if process is not None and session is not None:
                    end(session)
                status = process.wait() if process is not None else 0
        return Logged(status, self._last_lines(start))

    def _started(
        self, argv: Sequence[str], environment: Mapping[str, str], directory: str
    ) -> Popen[bytes]:
        import subprocess

        try:
            program = find_program(argv[0], environment.get("PATH", PATH))
            if not os.access(argv[0] if "/" in argv[0] else program or "", os.X_OK):
                raise FileNotFoundError(f"there is no program {argv[0]}")
            return subprocess.Popen(
                ["/bin/sh", "-c", _GATE, "sh", *_ending_with_us(), *argv],
                stdin=subprocess.PIPE,
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


def _let_go(process: Popen[bytes]) -> None:
    """Let a program begin."""
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(b"go\n")
            process.stdin.flush()
    _closed(process)


def _closed(process: Popen[bytes]) -> None:
    """Close our end of the input: a program that waits for us ends."""
    if process.stdin is not None and not process.stdin.closed:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()


@functools.cache
def _ending_with_us() -> tuple[str, ...]:
    """Return the words that have the kernel kill a program when we end, where there is a way."""
    setpriv = find_program("setpriv")
    if setpriv is None:
        return ()
    words = (setpriv, "--pdeathsig", "KILL", "--")
    try:  # busybox has one that cannot
        return words if run([*words, "true"], timeout=10).status == 0 else ()
    except CommandError:
        return ()
