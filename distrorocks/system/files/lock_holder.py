"""The maker of a tree's lock: whether it can still be running, and removal after its death.

A process id alone proves nothing: ids are reused, and in a container every run has the same one. So
a lock also records the start time, boot, machine and process namespace of its maker, and whether
the maker holds a file lock as long as it holds the tree. The kernel drops that file lock when the
maker dies, also across namespaces.

A dead maker's files are removed by one process at a time: of several that find a stale lock, the
second could remove what the first has just created in its place. So they take turns by a file lock
on a file that only this user can open: a lock on the directory itself could be held forever by any
user who can read it.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import time
from collections.abc import Callable

from distrorocks.system.processes.process import (
    boot_id,
    is_running,
    process_namespace,
    started,
    started_at,
    system_started_at,
)
from distrorocks.values import NamedTuple

STALE_SECONDS = 3600.0
"""The age in seconds from which a lock counts as stale when nothing better is known."""

OURS = "distrorocks-"
_FLOCK, _NO_FLOCK = "flock", "none"
_FIELDS = 6
_MOST_BYTES = 255
_MOST_DIGITS = 10
_MOST_NODE = 64
_CLOCK_TOLERANCE = 2.0

TURN = ".distrorocks-takeover"


class LockHolder(NamedTuple):
    """The maker of a lock; ``began`` and all after it are "" in a lock of an early distrorocks.

    ``has_flock`` is true if the maker also took the file lock on the tree's root directory.
    """

    process: int
    began: str = ""
    namespace: str = ""
    boot: str = ""
    node: str = ""
    has_flock: bool = False

    def __str__(self) -> str:
        """Return the target of the link, without spaces."""
        last = _FLOCK if self.has_flock else _NO_FLOCK
        fields = (self.process, self.began, self.namespace, self.boot, self.node, last)
        return OURS + ":".join(map(str, fields))

    @property
    def is_told_in_full(self) -> bool:
        """Return whether it records more than a process id."""
        return self[1:] != LockHolder(self.process)[1:]

    @property
    def is_of_this_kernel(self) -> bool:
        """Return whether the maker ran under this kernel, since this boot."""
        boot = boot_id()
        if self.boot and boot:
            return self.boot == boot
        return self.node == node_name()


class FoundLock(NamedTuple):
    """An existing lock: its maker (None if not distrorocks), and when it was created."""

    holder: LockHolder | None
    made: float


def this_holder(*, has_flock: bool) -> LockHolder:
    """Return the record of this process for a lock."""
    process = os.getpid()
    return LockHolder(
        process, started(process), process_namespace(), boot_id(), node_name(), has_flock
    )


def node_name() -> str:
    """Return this machine's name, truncated and without separator characters."""
    name = os.uname().nodename[:_MOST_NODE]
    return "".join(each if each.isascii() and each.isalnum() else "-" for each in name)


def parse_holder(target: str) -> LockHolder | None:
    """Return the maker that a link's target records, or None if it is not in our format.

    The target is untrusted input: anyone who can write the directory can have set it.
    """
    if not target.startswith(OURS) or len(target) > _MOST_BYTES:
        return None
    number, *rest = target.removeprefix(OURS).split(":")
    if not (number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS):
        return None
    if int(number) == 0 or len(rest) not in (0, _FIELDS - 1):
        return None
    if not rest:
        return LockHolder(int(number))
    began, namespace, boot, node, last = rest
    return LockHolder(int(number), began, namespace, boot, node, last == _FLOCK)


def is_stale(lock: FoundLock, *, has_flock: bool) -> bool:
    """Return whether the maker of a lock cannot be running any more.

    ``has_flock`` is true if the caller holds the file lock now, so that nobody else does. That
    somebody else holds it proves nothing: any user who can read the directory may.
    """
    holder = lock.holder
    if holder is None:
        return _is_old(lock)
    if not holder.is_told_in_full:
        return _is_gone_by_number(holder, lock.made)
    if not holder.is_of_this_kernel:
        return _is_of_a_former_boot(lock, holder, has_flock=has_flock) or _is_old(lock)
    if holder.namespace and holder.namespace == process_namespace():
        if not is_running(holder.process):
            return True
        now = started(holder.process)
        if now and holder.began:
            return now != holder.began
    return has_flock if holder.has_flock else _is_old(lock)


def _is_old(lock: FoundLock) -> bool:
    return time.time() - lock.made > STALE_SECONDS


def _is_gone_by_number(holder: LockHolder, made: float) -> bool:
    """Judge a lock that records only a process id: a younger process did not create it."""
    if holder.process == os.getpid() or not is_running(holder.process):
        return True
    began = started_at(holder.process)
    return began is not None and began > made + _CLOCK_TOLERANCE


def _is_of_a_former_boot(lock: FoundLock, holder: LockHolder, *, has_flock: bool) -> bool:
    """Return whether this machine created the lock before its last boot.

    Another machine with the same name may share the file system: its lock is younger than our boot,
    or becomes stale by age.
    """
    if holder.node != node_name() or (holder.has_flock and not has_flock):
        return False
    return lock.made < system_started_at() - _CLOCK_TOLERANCE


def remove_in_turn(directory: int, name: str, is_stale: Callable[[], bool]) -> bool:
    """Remove ``name`` from an open directory if it is still stale; return whether we did.

    Return False also if another process has the turn. Raise ``OSError`` if it cannot be removed or
    the turn cannot be taken; then nothing is removed.
    """
    turn = _turn(directory)
    if turn is None:
        return False
    try:
        if not is_stale():
            return False
        if stat.S_ISDIR(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode):
            # unlink(2) says "is a directory" here and "not permitted" on other file systems
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        os.unlink(name, dir_fd=directory)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(TURN, dir_fd=directory)
        os.close(turn)
    return True


def _turn(directory: int) -> int | None:
    """Return the turn file, open and locked, or None if another process holds it."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    opened = os.open(TURN, flags, 0o600, dir_fd=directory)
    try:
        status = os.fstat(opened)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
            raise PermissionError(errno.EPERM, f"{TURN} beside it is not a file of ours")
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        now = os.stat(TURN, dir_fd=directory, follow_symlinks=False)
        if (now.st_dev, now.st_ino) == (status.st_dev, status.st_ino):
            return opened
    except (BlockingIOError, FileNotFoundError):
        pass  # another process is removing it, or just did
    except BaseException:
        os.close(opened)
        raise
    os.close(opened)
    return None
