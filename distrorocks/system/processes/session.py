"""Sessions of the programs that a run starts: all of their processes can be found and killed.

A session leader is identified by process id and start time while it lives; its descendants stay in
the session. The kernel reuses an id only when no process or session has it. So once the leader is
gone, a process counts as a member only if its environment has the mark that the leader was given.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import time
from collections.abc import Callable, Iterator

from distrorocks.system.processes.process import boot_id, environment_of, fields_of, started
from distrorocks.values import NamedTuple

MARK = "DISTROROCKS_SESSION"

_SESSION, _STARTED = 3, 19  # in /proc/PID/stat, after the name
_ROUNDS = 200
_PAUSE = 0.01  # seconds


class Session(NamedTuple):
    """A session: its leader's process id and start time in the boot ``boot``; see ``MARK``."""

    leader: int
    began: str
    boot: str
    mark: str


Note = Callable[[Session], None]
"""A callback that receives a session before its program starts."""


def session_of(leader: int, mark: str) -> Session:
    """Return the session of a leader that is alive or has not been waited for."""
    return Session(leader, started(leader), boot_id(), mark)


def new_mark() -> str:
    """Return a unique mark."""
    return os.urandom(16).hex()


def end(session: Session, user: int | None = None) -> bool:
    """Kill every process of a session until none is left; return whether that succeeded.

    Processes of other users than us and ``user``, and those of a later session with the same id,
    are left alone.
    """
    users = {os.geteuid()} if user is None else {os.geteuid(), user}
    if session.boot != boot_id():
        return True
    for _ in range(_ROUNDS):
        living = list(_members(session, users))
        if not living:
            return True
        for process, began in living:
            _kill(process, began)
        time.sleep(_PAUSE)
    return False


def _kill(process: int, began: str) -> None:
    """Kill a process with this start time, and no later one with the same id."""
    with contextlib.suppress(ProcessLookupError):
        try:
            handle = os.pidfd_open(process)
        except OSError as error:
            if error.errno == errno.ENOSYS and started(process) == began:  # before Linux 5.3
                os.kill(process, signal.SIGKILL)
            return
        try:
            if started(process) == began:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        finally:
            os.close(handle)


def _members(session: Session, users: set[int]) -> Iterator[tuple[int, str]]:
    """Yield the living processes of a session with their start times."""
    leader = started(session.leader)
    if leader not in ("", session.began):
        return
    for name in os.listdir("/proc"):
        if not name.isdecimal():
            continue
        fields = fields_of(int(name))
        if len(fields) <= _STARTED or fields[0] in (b"Z", b"X"):
            continue
        began = fields[_STARTED].decode()
        if int(fields[_SESSION]) != session.leader or int(began) < int(session.began):
            continue
        if _is_of(name, users) and (leader or _has_mark(name, session.mark)):
            yield int(name), began


def _is_of(process: str, users: set[int]) -> bool:
    try:
        return os.stat(f"/proc/{process}").st_uid in users
    except OSError:
        return False


def _has_mark(process: str, mark: str) -> bool:
    """Return whether a process's environment has the mark; retry while it is starting."""
    wanted = f"{MARK}={mark}".encode()
    for _ in range(_ROUNDS):
        environment = environment_of(int(process))
        if environment is None:
            return False
        if environment:
            return wanted in environment
        time.sleep(_PAUSE / 10)
    return False
