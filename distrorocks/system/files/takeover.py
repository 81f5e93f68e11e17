"""Removal of files that a dead process left in a directory, by one process at a time.

Of several processes that find a stale lock, the second could remove what the first has just created
in its place. So they take turns by a file lock on a file that only this user can open: a lock on
the directory itself could be held forever by any user who can read it. The kernel drops the file
lock when its holder dies.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
from collections.abc import Callable

TURN = ".distrorocks-takeover"


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
