"""A program that a user runs through us: its input and output are theirs, its status is ours."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from distrorocks.system.processes.command import CommandError, find_program
from distrorocks.system.processes.interruption import deferred, uninterrupted
from distrorocks.system.processes.logged_command import ending_with_us
from distrorocks.system.processes.session import MARK, Session, end, new_mark, session_of

if TYPE_CHECKING:
    from subprocess import Popen


def run_in_foreground(
    argv: Sequence[str], *, environment: Mapping[str, str], directory: str
) -> int:
    """Run a program in ``directory`` with exactly this environment, and return its exit status.

    A negative status is the signal that ended it. A name without a slash is searched for in the
    environment's ``PATH``. It leads its own session, of which no process outlives this call; an
    interruption kills them. Raise ``CommandError`` if it cannot be started.
    """
    mark = new_mark()
    process: Popen[bytes] | None = None
    session: Session | None = None
    try:
        with deferred():  # else the program could be started and never ended
            process = _started(argv, {**environment, MARK: mark}, directory)
            session = session_of(process.pid, mark)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    finally:
        with uninterrupted():
            if process is not None and session is not None:
                end(session)
            status = process.wait() if process is not None else 0
    return status


def _started(argv: Sequence[str], environment: Mapping[str, str], directory: str) -> Popen[bytes]:
    import subprocess

    name = argv[0]
    program = os.path.join(directory, name) if "/" in name else None
    if program is None:
        program = find_program(name, environment.get("PATH", ""))
    if program is None or not os.access(program, os.X_OK):
        raise CommandError(f"{name} cannot be started: there is no such program")
    try:
        return subprocess.Popen(
            [*ending_with_us(), program, *argv[1:]],
            cwd=directory,
            env=dict(environment),
            start_new_session=True,
        )
    except (OSError, ValueError) as fault:
        raise CommandError(f"{name} cannot be started", detail=str(fault)) from fault
