"""LuaRocks' lock of a tree: the link ``lockfile.lfs`` in the tree's root, made by one at a time.

LuaRocks 3.9 and later make it (as a dangling link, through LuaFileSystem) and leave it behind when
they are killed. Ours says in its target who made it, so that a dead holder can be told; one that
LuaRocks left counts as dead after an hour, the age that LuaRocks itself had in mind.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from types import TracebackType

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.root_path import RootView
from distrorocks.system.processes.process import is_running
from distrorocks.trees.layout import DISTRO_ROOT, LOCK_NAME

STALE_SECONDS = 3600.0
WAIT_SECONDS = 10.0
"""How long a person is kept waiting for another program."""

_OURS = "distrorocks-"
_PAUSE = 0.05


_NOT_YOURS = "run it as root or as whoever owns that directory, or on a tree of your own"
_HINTS = {
    errno.EACCES: _NOT_YOURS,
    errno.EPERM: _NOT_YOURS,
    errno.EROFS: "it is on a file system that is mounted read-only",
    errno.ENOSPC: "make room on its file system",
    errno.EDQUOT: "make room: your quota of its file system is used up",
}


class LockError(DistrorocksError):
    """The tree is in use by another program."""

    exit_status = 4


class UnwritableError(LockError):
    """The root of the tree cannot be written: nobody else is to be waited for."""

    exit_status = 1


def distro_lock(root: str, *, seconds: float) -> TreeLock:
    """Return the lock of the tree that the packages of ``root`` deploy to."""
    return TreeLock(RootView(root).host_path(f"{DISTRO_ROOT}/{LOCK_NAME}"), seconds=seconds)


class TreeLock:
    """Holds a tree while the block runs; ``path`` is the link's place for this process.

    Waits up to ``seconds`` for another holder, then raises ``LockError``.
    """

    def __init__(self, path: str, *, seconds: float = WAIT_SECONDS) -> None:
        self.path = path
        self.seconds = seconds
        self._target = f"{_OURS}{os.getpid()}"

    def __enter__(self) -> TreeLock:
        end = time.monotonic() + self.seconds
        while not self._taken():
            if self._is_stale():
                self._take_away()
            elif time.monotonic() >= end:
                raise LockError(
                    f"{os.path.dirname(self.path)} is in use by another program",
                    detail=f"{self.path} is there ({self._holder() or 'just gone'})",
                    hint="wait for it to end; remove the lock if no such program runs",
                )
            else:
                time.sleep(_PAUSE)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._holder() == self._target:
            self._remove()

    def reclaim(self, since: float) -> None:
        """Take away the lock of a program that we started after ``since``, and that is dead now.

        A killed LuaRocks leaves its lock behind; an older one is another program's and stays.
        """
        try:
            made = os.lstat(self.path).st_mtime
        except OSError:
            return
        if made >= since and not self._holder().startswith(_OURS):
            self._remove()

    def _taken(self) -> bool:
        """Return whether the lock could be made just now."""
        try:
            os.symlink(self._target, self.path)
        except FileExistsError:
            return False
        except OSError as error:
            raise UnwritableError(
                f"cannot lock {os.path.dirname(self.path)}: {error.strerror}",
                hint=_HINTS.get(error.errno or 0, ""),
            ) from error
        return True

    def _holder(self) -> str:
        """Return what the lock says of its maker, "" if it is gone."""
        try:
            return os.readlink(self.path)
        except OSError:
            return "" if not os.path.lexists(self.path) else "lock"

    def _is_stale(self) -> bool:
        """Return whether the lock's maker cannot be alive any more."""
        holder = self._holder()
        if holder.startswith(_OURS) and holder[len(_OURS) :].isdigit():
            return not is_running(int(holder[len(_OURS) :]))
        try:
            age = time.time() - os.lstat(self.path).st_mtime
        except OSError:
            return False
        return age > STALE_SECONDS

    def _take_away(self) -> None:
        """Remove the lock of a dead maker, if it is that one still.

        Of several that wait, only one does so at a time: else the second could remove what the
        first has just made. They take turns by a lock on the directory, which ends with them.
        """
        directory = os.open(os.path.dirname(self.path), os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(directory, fcntl.LOCK_EX)
            if self._is_stale():
                self._remove()
        finally:
            os.close(directory)

    def _remove(self) -> None:
        """Remove the lock, which may be gone already."""
        try:
            os.unlink(self.path)
        except OSError:
            return
