"""Private temporary directories, removed at the end of a ``with`` block.

Logs of what failed in one are kept elsewhere.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import tempfile

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import quoted
from distrorocks.rocks.rock_manifest import is_file_name
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.tree_removal import empty, remove_tree
from distrorocks.system.files.trust import trusted_path
from distrorocks.system.processes.closing import Closing
from distrorocks.system.processes.interruption import deferred

MOST_SWEPT = 1000
"""Directories of killed runs that one run looks at."""

_PREFIX, _NEW = "distrorocks-run-", "distrorocks-new-"
_OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def lasting_directory() -> str:
    """Create a directory that is not removed, in the same way as ``ScratchDirectory``."""
    _refuse_foreign()
    return tempfile.mkdtemp(prefix="distrorocks-")


def _refuse_foreign() -> None:
    """Raise ``UntrustedError`` if root's temporary directory belongs to another user.

    Programs run by root would read what that user put in place of our files.
    """
    if os.geteuid() == 0:
        trusted_path("/", os.path.abspath(tempfile.gettempdir()))


def make_folder(path: str) -> str:
    """Make a directory in a private one that the user of a sandbox may enter; return its path."""
    os.mkdir(path)
    os.chmod(path, 0o755)  # noqa: S103 - whatever the umask is
    return path


def write_new(path: str, content: bytes) -> str:
    """Write a new file that the user of a sandbox may read, and return its path."""
    with open(path, "xb") as file:
        os.fchmod(file.fileno(), 0o644)
        file.write(content)
    return path


class ScratchDirectory(Closing):
    """A directory that only this user can enter; use it in a ``with`` block.

    Its maker holds a file lock on it, which the kernel drops when the maker is killed: the next run
    removes what has none. Raise ``UntrustedError`` if others could replace it: ``TMPDIR`` may be
    another user's directory.
    """

    def __init__(self) -> None:
        _refuse_foreign()
        above = os.path.abspath(tempfile.gettempdir())
        _sweep(above)
        with deferred():  # else a directory could be created and never removed
            self._path, self._lock = _locked_directory(above)

    def close(self) -> None:
        """Remove the directory; what cannot be removed is left to the next run."""
        with deferred():
            with contextlib.suppress(OSError):
                remove_tree(self._path)
            if self._lock >= 0:
                os.close(self._lock)
                self._lock = -1

    @property
    def path(self) -> str:
        """The directory."""
        return self._path

    def let_others_pass(self) -> None:
        """Let other users enter folders in it that they may enter; none can list it.

        Only builds without namespaces need it: other processes of the build's user can then change
        what that user owns in there, and anyone can read what all may read.
        """
        os.chmod(self._path, 0o711)  # noqa: S103 - it is listed by nobody

    def write(self, name: str, content: bytes) -> str:
        """Write a file and return its path; raise if ``name`` is not a plain file name."""
        if not is_file_name(name):
            raise DistrorocksError(f"{quoted(name)} is not the name of a file")
        path = f"{self._path}/{name}"
        with open(path, "xb") as file:
            file.write(content)
        return path

    def folder(self, name: str, user: int, group: int) -> str:
        """Make a folder of another user, unless it is there, and return its path.

        That user reaches it by a mount, or after ``let_others_pass``.
        """
        path = f"{self._path}/{name}"
        if not os.path.isdir(path):
            os.mkdir(path, 0o700)
            if os.geteuid() == 0:
                os.chown(path, user, group)
        return path


def kept_log(name: str, directory: str) -> str:
    """Write all logs of a directory, in order, to one lasting file; return its path.

    ``name`` is that of the file, which replaces an older one.
    """
    path = f"{_log_directory()}/{name}"
    logs = sorted(each.path for each in os.scandir(directory) if each.is_file())
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    with open(os.open(path, flags, 0o644), "wb") as kept:
        for each in logs:
            with open(each, "rb") as log:
                kept.write(log.read())
    return path


def _log_directory() -> str:
    """Return an existing directory for logs: root's, or the user's own."""
    above = os.environ.get("XDG_STATE_HOME") or f"{os.environ.get('HOME', '')}/.local/state"
    directory = "/var/log/distrorocks" if os.geteuid() == 0 else f"{above}/distrorocks"
    with contextlib.suppress(OSError, DistrorocksError):  # not a reason to fail
        place = trusted_path("/", directory) if os.path.isabs(directory) else ""
        if place:
            with Beneath("/") as below:
                below.make_directories(place)
        if place and os.access(place, os.W_OK):
            return place
    return lasting_directory()


def _locked_directory(above: str) -> tuple[str, int]:
    """Make a directory that this process has locked; return its path and its open handle.

    It gets the name that a sweep looks for when it is locked, so that none removes it before.
    """
    new = tempfile.mkdtemp(prefix=_NEW, dir=above)
    path = f"{above.rstrip('/')}/{_PREFIX}{os.path.basename(new).removeprefix(_NEW)}"
    handle = os.open(new, _OPEN)
    try:
        with contextlib.suppress(OSError):  # a file system without locks: it is not swept
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.rename(new, path)
            return path, handle
        return new, handle
    except BaseException:
        os.close(handle)
        raise


@functools.cache
def _sweep(above: str) -> None:
    """Remove the directories of this user whose makers are dead, once in a run."""
    with contextlib.suppress(OSError):
        names = [name for name in os.listdir(above) if name.startswith(_PREFIX)]
        for name in names[:MOST_SWEPT]:
            with contextlib.suppress(OSError):
                _sweep_one(f"{above.rstrip('/')}/{name}")


def _sweep_one(path: str) -> None:
    """Remove a directory if it is this user's, and nobody holds its lock."""
    handle = os.open(path, _OPEN)
    try:
        if os.fstat(handle).st_uid == os.geteuid():
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            empty(handle)
            os.rmdir(path)
    finally:
        os.close(handle)
