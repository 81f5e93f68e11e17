"""LuaRocks' lock of a tree: the link ``lockfile.lfs`` in the tree's root, made by one at a time.

LuaRocks 3.9 and later create it (as a dangling link, through LuaFileSystem) and leave it behind
when they are killed. The target of ours identifies its maker (``lock_holder``), so that the lock of
a dead process is recognized; one of LuaRocks counts as stale after an hour, the age that LuaRocks
itself intended.

The holder also takes a file lock (flock(2)) on the root directory, which the kernel drops when the
holder dies. It only proves that a holder is dead and never excludes others: any user who can read
the directory may take it, and some file systems have none. The directory is opened once, so that
renaming it meanwhile cannot redirect us.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time

from distrorocks.errors import DistrorocksError
from distrorocks.exit_status import FAILED, LOCKED
from distrorocks.rocks.quotation import escaped
from distrorocks.system.files.lock_holder import (
    STALE_SECONDS,
    FoundLock,
    is_stale,
    parse_holder,
    remove_in_turn,
    this_holder,
)
from distrorocks.system.files.root_path import RootView
from distrorocks.system.processes.interruption import (
    at_the_end,
    deferred,
    no_more_at_the_end,
    uninterrupted,
)
from distrorocks.trees.layout import DISTRO_ROOT, LOCK_NAME, Layout

__all__ = ["STALE_SECONDS", "WAIT_SECONDS", "LockError", "TreeLock", "UnwritableError"]

WAIT_SECONDS = 10.0
"""Seconds to wait for another program by default."""

_PAUSE = 0.05
_PATIENCE = 10
"""How many pauses to wait for the file lock of a free tree, which another waiter may hold."""

_TOLD = 120
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

    exit_status = LOCKED


class UnwritableError(LockError):
    """The root of the tree cannot be written: waiting does not help."""

    exit_status = FAILED


def distro_lock(root: str, *, seconds: float | None = None) -> TreeLock:
    """Return the lock of the tree that the packages of ``root`` deploy to."""
    return _lock_below(RootView(root), DISTRO_ROOT, seconds)


def layout_lock(view: RootView, layout: Layout, *, seconds: float | None = None) -> TreeLock:
    """Return the lock of a tree in another root, with links resolved in that root."""
    return _lock_below(view, layout.root, seconds)


def is_locked(layout: Layout) -> bool:
    """Return whether a tree has a lock, of a run at work or of a dead one."""
    return os.path.lexists(layout.lock)


def _lock_below(view: RootView, directory: str, seconds: float | None) -> TreeLock:
    found = view.find(directory)
    place = view.host_path(found.path if found else directory).rstrip("/")
    return TreeLock(f"{place}/{LOCK_NAME}", seconds=seconds)


class TreeLock:
    """Holds the lock of a tree while the block runs; ``path`` is the link's path.

    Wait up to ``seconds`` (default: ``WAIT_SECONDS``) for another holder, then raise ``LockError``.
    """

    def __init__(self, path: str, *, seconds: float | None = None) -> None:
        self.path = path
        self.seconds = WAIT_SECONDS if seconds is None else seconds
        self._name = os.path.basename(path)
        self._directory = -1
        self._has_flock = False
        self._patience = _PATIENCE
        self._target = ""  # of the link that we created
        self._maker = 0  # the process that opened the directory
        self._obstacle: OSError | None = None  # to removing a lock whose maker is dead

    def __enter__(self) -> TreeLock:
        end = time.monotonic() + self.seconds
        try:
            self._open()
            is_last = False
            while not self._is_taken(is_last=is_last):
                if is_last:
                    raise self._refusal()
                time.sleep(_PAUSE)
                is_last = time.monotonic() >= end
        except BaseException:
            with uninterrupted():
                self._let_go()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        with deferred():
            self._let_go()

    def _open(self) -> None:
        """Open the root of the tree once, so that a later rename has no effect."""
        place = os.path.realpath(os.path.dirname(self.path))
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        self._patience = _PATIENCE
        try:
            self._directory = os.open(place, flags)
            self._maker = os.getpid()
            at_the_end(self._let_go)  # an interruption can come before __exit__ has begun
        except OSError as error:
            raise self._unwritable(error) from error

    def _let_go(self) -> None:
        """Remove the link, if we created it, then release the file lock."""
        if self._directory < 0:
            return
        is_ours = self._maker == os.getpid()  # and not our parent's, in a forked child
        for _ in range(2):  # the first failure may be transient
            with contextlib.suppress(OSError):
                if is_ours and self._target and self._text() == self._target:
                    os.unlink(self._name, dir_fd=self._directory)
                break
        self._target = ""
        if is_ours and self._has_flock:
            self._drop_flock()  # closing is not enough: a forked child may have it open
        directory, self._directory = self._directory, -1
        os.close(directory)
        no_more_at_the_end(self._let_go)

    def _is_taken(self, *, is_last: bool) -> bool:
        """Try once to create the lock, replacing a stale one."""
        self._obstacle = None
        self._has_flock = self._try_flock()
        if self._has_flock or is_last or self._patience <= 0:
            if self._link():
                return True
        elif not self._is_there():
            self._patience -= 1  # whoever has the file lock has not locked the tree
        if self._is_stale_now() and self._take_away() and self._link():
            return True
        if self._has_flock:
            self._drop_flock()
        return False

    def _link(self) -> bool:
        """Try to create the link; return whether we did."""
        target = str(this_holder(has_flock=self._has_flock))
        with deferred():
            try:
                os.symlink(target, self._name, dir_fd=self._directory)
            except FileExistsError:
                return False
            except OSError as error:
                raise self._unwritable(error) from error
            self._target = target
        return True

    def _try_flock(self) -> bool:
        """Try to take the file lock; return whether we hold it."""
        try:
            fcntl.flock(self._directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            self._patience = 0  # this file system has none
            return False
        return True

    def _drop_flock(self) -> None:
        self._has_flock = False
        with contextlib.suppress(OSError):
            fcntl.flock(self._directory, fcntl.LOCK_UN)

    def _is_there(self) -> bool:
        try:
            os.stat(self._name, dir_fd=self._directory, follow_symlinks=False)
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return True

    def _text(self) -> str:
        """Return the target of the link, "" if it is not a link; raise ``OSError`` if it is gone.

        LuaFileSystem on other systems creates an empty file, which is judged by its age.
        """
        try:
            return os.readlink(self._name, dir_fd=self._directory)
        except OSError as error:
            if error.errno == errno.EINVAL:
                return ""
            raise

    def _made(self) -> float:
        return os.stat(self._name, dir_fd=self._directory, follow_symlinks=False).st_mtime

    def _is_stale_now(self) -> bool:
        """Return whether there is a lock whose maker cannot be alive."""
        try:
            found = FoundLock(parse_holder(self._text()), self._made())
        except OSError:
            return False
        return is_stale(found, has_flock=self._has_flock)

    def _take_away(self) -> bool:
        """Remove a stale lock unless it has been replaced; return whether we did."""
        try:
            return remove_in_turn(self._directory, self._name, self._is_stale_now)
        except OSError as error:
            self._obstacle = error
            return False

    def _refusal(self) -> LockError:
        """Return the error for a lock that another program keeps."""
        place = os.path.dirname(self.path)
        if os.path.isdir(self.path) and not os.path.islink(self.path):
            return UnwritableError(
                f"cannot lock {place}: {self.path} is a directory",
                detail="LuaRocks and distrorocks make a link of that name to lock the tree",
                hint="see what is in it, and move it away",
            )
        if self._obstacle is not None:
            why = self._obstacle.strerror or ""
            return UnwritableError(
                f"cannot lock {place}: {why}",
                detail=f"{self.path} was left behind by a run that is dead, and cannot be removed",
                hint=_HINTS.get(self._obstacle.errno or 0, f"remove {self.path}"),
            )
        try:
            said = escaped(self._text()[:_TOLD]) or "not a link"
        except OSError:
            said = "just gone"
        return LockError(
            f"{place} is in use by another program",
            detail=f"{self.path} is there ({said})",
            hint="wait for it to end; remove the lock if no such program runs",
        )

    def _unwritable(self, error: OSError) -> UnwritableError:
        return UnwritableError(
            f"cannot lock {os.path.dirname(self.path)}: {error.strerror}",
            hint=_HINTS.get(error.errno or 0, ""),
        )
