"""One running sandbox: started, watched, and ended with all of its processes."""

from __future__ import annotations

import contextlib
import os
import resource
import select
from collections import deque
from time import monotonic, sleep
from typing import TYPE_CHECKING

from distrorocks.lua.scan import printable
from distrorocks.system.processes.closing import Closing
from distrorocks.system.processes.command import PATH, CommandError
from distrorocks.system.processes.interruption import deferred, uninterrupted
from distrorocks.system.processes.logged_command import (
    GATE,
    LAST_LINES,
    CommandLog,
)
from distrorocks.system.processes.session import MARK, end, new_mark, session_of
from distrorocks.system.sandbox.confined import Limits
from distrorocks.system.sandbox.disks import Disks
from distrorocks.system.sandbox.keeping import Keeper
from distrorocks.values import NamedTuple

if TYPE_CHECKING:
    from subprocess import Popen

READY = b"ready\n"
"""What a sandbox prints once it is complete; then it waits to begin."""

_TAIL = 16 * 1024
_TURN = 0.2  # seconds between two looks at the clock and the disks
_MOMENT = 0.002  # seconds
_XCPU_GRACE = 5  # seconds of processor time between SIGXCPU and SIGKILL
_GRACE = 5.0  # seconds for the supervisor of a sandbox to end it


class Launch(NamedTuple):
    """How a sandbox is started.

    ``plan`` is its input at the start, ``begin`` its input once it is ready; ``is_supervised`` if
    it ends itself at the end of its input. ``descriptors`` are passed on and closed here;
    ``alive`` reads the end of file once the last process of the sandbox has gone. ``disks`` are
    folders whose file systems are watched, ``user`` is whom the command runs as.
    """

    argv: tuple[str, ...]
    plan: bytes
    begin: bytes
    is_supervised: bool
    descriptors: tuple[int, ...]
    alive: int
    disks: tuple[str, ...]
    user: int
    limits: Limits


class Ended(NamedTuple):
    """The end of a command.

    ``status`` is its exit status, 128 and more for a signal. ``stopped`` is the limit that it was
    killed for, else "". ``is_entered`` is False if the sandbox failed before the command.
    """

    status: int
    last_lines: tuple[str, ...]
    stopped: str
    is_entered: bool


class Running(Closing):
    """A sandbox that was started; ``close`` ends it with all of its processes."""

    def __init__(self, launch: Launch, keeper: Keeper | None = None) -> None:
        self._launch = launch
        self._keeper = keeper
        self._tail: deque[bytes] = deque()
        self._kept = 0
        self._printed = 0
        self._disks = Disks(launch.disks, launch.limits)
        self._deadline = monotonic() + launch.limits.seconds
        mark = new_mark()
        self._is_stopping = False
        self._process: Popen[bytes] | None = None
        try:
            with deferred():  # else it could be started and never ended
                try:
                    self._process = _started(launch, mark)
                finally:
                    for descriptor in launch.descriptors:
                        os.close(descriptor)
                if keeper is not None:
                    keeper.note("+", self._process.pid)
                self._session = session_of(self._process.pid, mark)
        except BaseException:
            self.close()
            raise
        self._poll = select.poll()
        self._poll.register(self._output, select.POLLIN)

    @property
    def _output(self) -> int:
        assert self._process is not None  # noqa: S101 - for the checker of types
        assert self._process.stdout is not None  # noqa: S101 - for the checker of types
        return self._process.stdout.fileno()

    def wait(self, log: CommandLog) -> Ended:
        """Let the command begin, copy its output to a log, and wait for its end."""
        assert self._process is not None  # noqa: S101 - for the checker of types
        limits = self._launch.limits
        for kind, most in (
            (resource.RLIMIT_CPU, limits.processor_seconds),
            (resource.RLIMIT_AS, limits.address_space),
            (resource.RLIMIT_FSIZE, limits.file_bytes),
            (resource.RLIMIT_CORE, 0),
        ):
            _limit(self._process.pid, kind, most)
        self._send(b"go\n" + self._launch.plan)
        early = self._read_until_ready()
        if early is not None:
            self.close()
            log.append(early)
            return Ended(self._status(), _lines(early), "", is_entered=False)
        self._send(self._launch.begin)
        if not self._launch.is_supervised:
            self._close_input()
        stopped = self._copy(log)
        self.close()
        return Ended(self._status(), _lines(b"".join(self._tail)), stopped, is_entered=True)

    def stop(self) -> None:
        """Let ``wait`` end the sandbox soon; another thread may call this."""
        self._is_stopping = True

    def close(self) -> None:
        """End the sandbox, and wait until none of its processes is left."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        with uninterrupted():
            self._close_input()
            if self._launch.is_supervised:
                self._wait_for_end(_GRACE)
            end(self._session, self._launch.user)  # before its id is free for others
            if self._keeper is not None:
                self._keeper.note("-", process.pid)
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
            self._wait_for_the_rest()

    def _wait_for_the_rest(self) -> None:
        """Wait until the last process of the sandbox has let go of its descriptor.

        A build can write to it: only its end of file says that all have gone.
        """
        with contextlib.suppress(OSError):
            wait_for_end_of_file(self._launch.alive, _GRACE)
            os.close(self._launch.alive)

    def _status(self) -> int:
        """Return the exit status as a shell does."""
        assert self._process is not None  # noqa: S101 - for the checker of types
        status = self._process.returncode
        return 128 - status if status < 0 else status

    def _send(self, text: bytes) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(text)
                self._process.stdin.flush()

    def _close_input(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()

    def _read_until_ready(self) -> bytes | None:
        """Wait until the sandbox is ready; return what it printed instead if it is not."""
        text = b""
        while not text.startswith(READY) and len(text) < _TAIL:
            if self._is_stopping or monotonic() > self._deadline:
                return text
            if self._poll.poll(_TURN * 1000):
                part = os.read(self._output, len(READY) if READY.startswith(text) else _TAIL)
                if not part:
                    return text
                text += part
        return None if text == READY else text

    def _copy(self, log: CommandLog) -> str:
        """Copy the output to the log until the end; return the limit that was passed, or ""."""
        assert self._process is not None  # noqa: S101 - for the checker of types
        looked = monotonic()
        is_open = True
        while True:
            if is_open and self._poll.poll(_TURN * 1000):
                is_open = self._take_part(log)
            elif self._has_ended():
                return ""
            elif not is_open:
                sleep(_MOMENT)
            if self._printed > self._launch.limits.output_bytes:
                return f"it printed more than {self._launch.limits.output_bytes} bytes"
            if self._is_stopping:
                return "it was interrupted"
            if monotonic() - looked >= _TURN:
                looked = monotonic()
                if stopped := self._passed_limit():
                    return stopped

    def _take_part(self, log: CommandLog) -> bool:
        """Take a part of the output; return False at its end."""
        part = os.read(self._output, 1 << 16)
        room = self._launch.limits.output_bytes - self._printed
        self._printed += len(part)
        part_kept = part[:room] if room > 0 else b""
        log.append(part_kept)
        self._tail.append(part_kept)
        self._kept += len(part_kept)
        while self._kept - len(self._tail[0]) >= _TAIL:
            self._kept -= len(self._tail.popleft())
        return bool(part)

    def _has_ended(self) -> bool:
        """Return whether the sandbox has ended; it stays a zombie until ``close``."""
        assert self._process is not None  # noqa: S101 - for the checker of types
        flags = os.WEXITED | os.WNOWAIT | os.WNOHANG
        return os.waitid(os.P_PID, self._process.pid, flags) is not None

    def _wait_for_end(self, seconds: float) -> None:
        """Wait for the sandbox to end, at most so long."""
        last = monotonic() + seconds
        while not self._has_ended() and monotonic() < last:
            sleep(_MOMENT)

    def _passed_limit(self) -> str:
        """Return which limit of time or disk has been passed, or ""."""
        limits = self._launch.limits
        if monotonic() > self._deadline:
            return f"it ran longer than {limits.seconds:g} seconds"
        return self._disks.shortage()


def _started(launch: Launch, mark: str) -> Popen[bytes]:
    """Start a sandbox behind a gate, in a session of its own, or raise ``CommandError``."""
    import subprocess

    try:
        return subprocess.Popen(
            ["/bin/sh", "-c", _PASSING_GATE, "sh", *launch.argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"PATH": PATH, "LC_ALL": "C.UTF-8", MARK: mark},
            start_new_session=True,
            pass_fds=launch.descriptors,
        )
    except (OSError, ValueError) as fault:
        raise CommandError(f"{launch.argv[0]} cannot be started", detail=str(fault)) from fault


_PASSING_GATE = GATE.removesuffix(" </dev/null")
"""The gate of ``logged_command``, which leaves the rest of the input to the sandbox."""


def _limit(process: int, kind: int, most: int) -> None:
    """Set a limit of a process that waits at the gate, within its present hard limit."""
    hard = resource.prlimit(process, kind)[1]
    last = most + _XCPU_GRACE if kind == resource.RLIMIT_CPU else most
    if hard != resource.RLIM_INFINITY:
        most, last = min(most, hard), min(last, hard)
    resource.prlimit(process, kind, (most, last))


def wait_for_end_of_file(opened: int, seconds: float) -> bool:
    """Read a pipe to its end, at most so long; return whether that was reached."""
    last = monotonic() + seconds
    while (left := last - monotonic()) > 0:
        if select.select([opened], [], [], left)[0] and not os.read(opened, 1 << 16):
            return True
    return False


def _lines(text: bytes) -> tuple[str, ...]:
    """Return the last non-empty lines, safe to print."""
    lines = text[-_TAIL:].decode("utf-8", "replace").splitlines()
    return tuple([printable(line.rstrip()) for line in lines if line.strip()][-LAST_LINES:])
