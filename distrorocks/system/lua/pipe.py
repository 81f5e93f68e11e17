"""A child process spoken to through two pipes, never waited for past a moment."""

from __future__ import annotations

import os
from time import monotonic

_PIECE = 1024 * 1024
_MOST_DIGITS = 20
_LAST_SECONDS = 1.0
"""What a child that has hung up may take to end by itself, so that its status can be told."""


class PipeError(Exception):
    """The child did not answer in time, or at all; the text says which."""


class Pipe:
    """A child that answers each request with a line of digits and that many bytes.

    It has no standard error, no environment, no file of ours, and a session of its own.
    Making one raises ``PipeError`` where the program cannot be started.
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
        assert self._child.stdin is not None  # noqa: S101 - both were asked for above
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
        """Whether the child lives and has said nothing that it was not asked."""
        return self._child.poll() is None and not self._rest

    def write(self, request: bytes, deadline: float) -> None:
        """Write a whole request; ``PipeError`` if the child has not taken it by ``deadline``."""
        view = memoryview(request)
        while view:
            self._wait(self._to, deadline, writing=True)
            try:
                view = view[os.write(self._to, view[:_PIECE]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise PipeError(self._death()) from None

    def read(self, deadline: float, most: int) -> bytes:
        """Return one answer; ``PipeError`` if it is late, or longer than ``most`` bytes."""
        while b"\n" not in self._rest:
            if len(self._rest) > _MOST_DIGITS:
                raise PipeError("the worker's answer makes no sense")
            self._rest += self._piece(deadline)
        digits, _, rest = self._rest.partition(b"\n")
        if not digits.isdigit() or len(digits) > _MOST_DIGITS or int(digits) > most:
            raise PipeError("the worker's answer makes no sense")
        size = int(digits)
        parts, have = [rest], len(rest)
        while have < size:
            piece = self._piece(deadline)
            parts.append(piece)
            have += len(piece)
        whole = b"".join(parts)
        self._rest = whole[size:]
        return whole[:size]

    def kill(self) -> None:
        """End the child at once and forget it."""
        self._child.kill()
        for file in (self._child.stdin, self._child.stdout):
            if file is not None:
                file.close()
        self._child.wait()

    def _piece(self, deadline: float) -> bytes:
        """Return the next bytes of the child."""
        while True:
            self._wait(self._from, deadline, writing=False)
            try:
                piece = os.read(self._from, _PIECE)
            except BlockingIOError:
                continue
            if not piece:
                raise PipeError(self._death())
            return piece

    def _wait(self, file: int, deadline: float, *, writing: bool) -> None:
        """Return when ``file`` is ready; ``PipeError`` when the moment has passed before."""
        import select

        poll = select.poll()
        poll.register(file, select.POLLOUT if writing else select.POLLIN)
        left = deadline - monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise PipeError("it did not end in the time that a file may take")

    def _death(self) -> str:
        """Return the words for a child that has hung up, which is gone then."""
        import subprocess

        try:
            status = self._child.wait(timeout=_LAST_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
            return "the interpreter hung up and did not end"
        how = f"signal {-status}" if status < 0 else f"status {status}"
        return f"the interpreter died of it ({how}), most likely for want of memory"
