"""Running other programs: fixed PATH, clean environment, limits of time and output."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext

from distrorocks.errors import DistrorocksError
from distrorocks.system.processes.interruption import arriving, deferred, uninterrupted
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from subprocess import Popen
    from typing import IO, TypeAlias

    _Stream: TypeAlias = IO[bytes] | int

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_CLEAN = {"PATH": PATH, "LC_ALL": "C.UTF-8", "HOME": "/", "TZ": "UTC0"}
MOST_OUTPUT = 256 << 20


class CommandError(DistrorocksError):
    """A program is missing, took too long, or wrote too much."""


class Output(NamedTuple):
    """The result of a program: exit status (negative: the signal that ended it) and output."""

    status: int
    stdout: bytes
    stderr: bytes


def find_program(name: str, path: str = PATH) -> str | None:
    """Return the absolute path of a program in the fixed PATH or another, or None.

    Relative directories are ignored.
    """
    for directory in filter(os.path.isabs, path.split(":")):
        place = f"{directory}/{name}"
        if os.path.isfile(place) and os.access(place, os.X_OK):
            return place
    return None


def run(
    argv: Sequence[str],
    *,
    timeout: float = 60,
    environment: Mapping[str, str] | None = None,
    most_output: int = MOST_OUTPUT,
    given: bytes = b"",
) -> Output:
    """Run a program and return its output; a non-zero status is not an error.

    Its input is ``given``, the working directory is ``/``, and the environment is fixed apart from
    ``environment``. Raise ``CommandError`` if the program is missing, runs longer than ``timeout``
    seconds or writes more than ``most_output`` bytes; then it has been killed with its children.
    """
    import subprocess
    import tempfile

    program = argv[0] if "/" in argv[0] else find_program(argv[0])
    if program is None:
        raise CommandError(f"{argv[0]} is not installed", hint=f"install {argv[0]}")
    with (
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        tempfile.TemporaryFile() if given else nullcontext() as read,
    ):
        if read:
            read.write(given)
            read.seek(0)
        process = None
        try:
            with deferred():  # else it could be started and never ended
                process = _started([program, *argv[1:]], (read, out, err), environment or {})
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise CommandError(f"{argv[0]} took more than {timeout:g} seconds") from None
        finally:
            _end(process)
        texts = []
        for stream in (out, err):
            if stream.seek(0, os.SEEK_END) > most_output:
                raise CommandError(f"{argv[0]} wrote more than {most_output} bytes")
            stream.seek(0)
            texts.append(stream.read())
    return Output(status, *texts)


def _started(
    argv: Sequence[str], streams: tuple[_Stream | None, _Stream, _Stream], more: Mapping[str, str]
) -> Popen[bytes]:
    """Start a program in its own session, or raise ``CommandError``.

    ``streams`` are its input (None for no input) and its two outputs.
    """
    import subprocess

    try:
        return subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL if streams[0] is None else streams[0],
            stdout=streams[1],
            stderr=streams[2],
            cwd="/",
            env={**_CLEAN, **more},
            start_new_session=True,
        )
    except (OSError, ValueError) as fault:
        raise CommandError(f"{argv[0]} cannot be started", detail=str(fault)) from fault


def _end(process: Popen[bytes] | None) -> None:
    """Kill a program that still runs, with its children."""
    with uninterrupted():
        if process is not None and process.poll() is None:
            end_session(process.pid)
            process.wait()


def end_session(session: int) -> None:
    """Kill a session leader and all processes in its session."""
    import contextlib
    import signal

    with contextlib.suppress(ProcessLookupError):
        os.killpg(session, signal.SIGKILL)


def stream(argv: Sequence[str], *, timeout: float = 300) -> Iterator[bytes]:
    """Yield the output of a program in parts; the program runs as with ``run``.

    It is killed when the iterator is closed, or after ``timeout`` seconds. Raise ``CommandError``
    if it cannot be started or fails.
    """
    import subprocess
    import threading

    process = clock = None
    try:
        with deferred():
            process = _started(argv, (None, subprocess.PIPE, subprocess.DEVNULL), {})
        clock = threading.Timer(timeout, end_session, [process.pid])
        clock.daemon = True
        clock.start()
        if process.stdout:
            yield from arriving(process.stdout.fileno())
        if process.wait() != 0:
            raise CommandError(f"{argv[0]} failed with status {process.returncode}")
    finally:
        if clock is not None:
            clock.cancel()
        if process is not None and process.stdout:
            process.stdout.close()
        _end(process)
