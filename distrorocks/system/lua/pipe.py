"""A child process that answers requests over two pipes, within limits of time."""

from __future__ import annotations

import os
from collections.abc import Callable
from time import clock_gettime, monotonic

_PIECE = 1024 * 1024
_MOST_DIGITS = 20
PATIENCE = 10
"""How many times its processor time an answer may take by the clock: machines are busy."""

_PROCESS_CLOCK = 2  # CPUCLOCK_SCHED: what clock_getcpuclockid(3) makes of a process id
_SHORTEST_WAIT = 0.005
_LAST_SECONDS = 1.0
"""Seconds to wait for the exit status of a child that has closed its pipe."""


class PipeError(Exception):
    """The child did not answer in time, or at all."""


class ChildEndedError(PipeError):
    """The child ended before it had answered."""


class TimeLimit:
    """The end of the time for one answer: some seconds of the child's processor time.

    A machine under load gives a child little of its processor, and must not make an honest file
    fail; so the clock ends only what takes ``PATIENCE`` times as long.
    """

    def __init__(self, spent: Callable[[], float], seconds: float) -> None:
        self._spent = spent
        self._last = spent() + seconds
        self._deadline = monotonic() + PATIENCE * seconds

    def left(self) -> float:
        """Return how many seconds remain at least; 0 or less if the time is over."""
        return min(self._last - self._spent(), self._deadline - monotonic())


class Pipe:
    """A child that answers each request with a line of digits and that many bytes.

    It has no standard error, no environment, no inherited files, and its own session. The
    constructor raises ``PipeError`` if the program cannot be started.
    """

    def __init__(self, command: list[str]) -> None:
        import subprocess

        try:
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                close_fds=True,
                start_new_session=True,
            )
        except OSError as error:
            raise PipeError(f"cannot start {command[0]}: {error.strerror}") from None
        assert self._child.stdin is not None  # noqa: S101 - both are pipes, see above
        assert self._child.stdout is not None  # noqa: S101
        self._to = self._child.stdin.fileno()
        self._from = self._child.stdout.fileno()
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)
        self._rest = b""

    @property
    def process_id(self) -> int:
        """The process id of the child."""
        return self._child.pid

    @property
    def is_ready(self) -> bool:
        """Whether the child is alive and has sent nothing unrequested."""
        return self._child.poll() is None and not self._rest

    def limit(self, seconds: float) -> TimeLimit:
        """Return a limit of time that begins now, for a request and its answer."""
        return TimeLimit(self.processor_seconds, seconds)

    def processor_seconds(self) -> float:
        """Return the processor time that the child has used, 0 if it has ended."""
        try:
            return clock_gettime(~self._child.pid << 3 | _PROCESS_CLOCK)
        except OSError:
            return 0.0

    def write(self, request: bytes, limit: TimeLimit) -> None:
        """Write a request; raise ``PipeError`` if the child does not read it within ``limit``."""
        view = memoryview(request)
        while view:
            self._wait(self._to, limit, writing=True)
            try:
                view = view[os.write(self._to, view[:_PIECE]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise ChildEndedError(self._death()) from None

    def read(self, limit: TimeLimit, most: int) -> bytes:
        """Return one answer; raise ``PipeError`` if it is late or has over ``most`` bytes."""
        while b"\n" not in self._rest:
            if len(self._rest) > _MOST_DIGITS:
                raise PipeError("the worker's answer is malformed")
            self._rest += self._piece(limit)
        digits, _, rest = self._rest.partition(b"\n")
        if not digits.isdigit() or len(digits) > _MOST_DIGITS or int(digits) > most:
            raise PipeError("the worker's answer is malformed")
        size = int(digits)
        parts, have = [rest], len(rest)
        while have < size:
            piece = self._piece(limit)
            parts.append(piece)
            have += len(piece)
        whole = b"".join(parts)
        self._rest = whole[size:]
        return whole[:size]

    def kill(self) -> None:
        """Kill the child and close its pipes."""
        self._child.kill()
        for file in (self._child.stdin, self._child.stdout):
            if file is not None:
                file.close()
        self._child.wait()

    def _piece(self, limit: TimeLimit) -> bytes:
        """Return the next bytes from the child."""
        while True:
            self._wait(self._from, limit, writing=False)
            try:
                piece = os.read(self._from, _PIECE)
            except BlockingIOError:
                continue
            if not piece:
                raise ChildEndedError(self._death())
            return piece

    def _wait(self, file: int, limit: TimeLimit, *, writing: bool) -> None:
        """Wait until ``file`` is ready; raise ``PipeError`` when the time is over."""
        import select

        poll = select.poll()
        poll.register(file, select.POLLOUT if writing else select.POLLIN)
        while (left := limit.left()) > 0:
            if poll.poll(max(left, _SHORTEST_WAIT) * 1000):
                return
        raise PipeError("it exceeded the time limit of a file")

    def _death(self) -> str:
        """Kill a child that has closed its pipe, and describe how it ended."""
        import subprocess

        try:
            status = self._child.wait(timeout=_LAST_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
            return "the interpreter closed its output and did not exit"
        how = f"signal {-status}" if status < 0 else f"status {status}"
        return f"the interpreter died ({how}), most likely out of memory"
