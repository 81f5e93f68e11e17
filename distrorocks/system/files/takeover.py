"""Removes what a dead process left in a directory, while nobody else removes the same there.

Of several that find a dead lock, the second could remove what the first has just made in its place.
So they take turns by a file lock, on a file that nobody but us can open: on the directory itself
any user who can read it could keep us out for ever. The kernel drops the file lock of who dies.
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
    """Remove ``name`` from an open directory if it ``is_stale`` still; return whether we did.

    False also where it is another one's turn. Raises ``OSError`` where it cannot be removed, or
    turns cannot be taken: then nothing is.
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
    """Return the file that says whose turn it is, open and locked; None if it is another's."""
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
        pass  # another one is at it, or just was
    except BaseException:
        os.close(opened)
        raise
    os.close(opened)
    return None
