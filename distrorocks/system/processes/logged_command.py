"""Long-running programs whose output goes to a log, with the last lines for messages."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Mapping, Sequence

from distrorocks.system.processes.closing import Closing
from distrorocks.system.processes.command import PATH, CommandError, find_program, run
from distrorocks.system.processes.interruption import deferred, uninterrupted
from distrorocks.system.processes.session import MARK, Note, end, new_mark, session_of
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from subprocess import Popen

LAST_LINES = 20
_TAIL = 16 * 1024
GATE = 'read -r go || exit 1; exec "$@" </dev/null'
"""The shell script that starts a session: it waits for a line, and exits at end of file."""


class Logged(NamedTuple):
    """The exit status of a program (negative: the signal), and its last lines of output."""

    status: int
    last_lines: tuple[str, ...]


class CommandLog(Closing):
    """A log file that programs write to, one after the other; ``path`` is for messages.

    It is always a new file: another run may still write to the previous one.
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
        """Close the log; the file is kept."""
        os.close(self._file)

    def append(self, part: bytes) -> None:
        """Write a part of a program's output that we have read ourselves."""
        while part:
            part = part[os.write(self._file, part) :]

    def run(
        self,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str],
        directory: str,
        note: Note = lambda _: None,
    ) -> Logged:
        """Run a program with empty input; raise ``CommandError`` if it cannot start.

        It leads its own session, which is passed to ``note`` before the program starts. An
        interruption kills the session at once, and no process of it outlives the program.
        """
        start = os.fstat(self._file).st_size
        session = None
        process = None
        mark = new_mark()
        try:
            with deferred():  # else the program could be started and never ended
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
                ["/bin/sh", "-c", GATE, "sh", *ending_with_us(), *argv],
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
        """Return the last non-empty lines written after ``start``."""
        end = os.fstat(self._file).st_size
        text = os.pread(self._file, _TAIL, max(start, end - _TAIL))
        lines = text.decode("utf-8", "surrogateescape").splitlines()
        return tuple([line.rstrip() for line in lines if line.strip()][-LAST_LINES:])


def _let_go(process: Popen[bytes]) -> None:
    """Let a waiting program start."""
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(b"go\n")
            process.stdin.flush()
    _closed(process)


def _closed(process: Popen[bytes]) -> None:
    """Close our end of the input: a program that is still waiting exits."""
    if process.stdin is not None and not process.stdin.closed:
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()


@functools.cache
def ending_with_us() -> tuple[str, ...]:
    """Return the command prefix (setpriv) that kills a program when we die, if available."""
    setpriv = find_program("setpriv")
    if setpriv is None:
        return ()
    words = (setpriv, "--pdeathsig", "KILL", "--")
    try:  # busybox has one without this option
        return words if run([*words, "true"], timeout=10).status == 0 else ()
    except CommandError:
        return ()
