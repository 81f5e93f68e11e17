"""A new folder that is filled with files: through handles, so that nothing is written beside it.

Modes are those that LuaRocks sets with the usual umask: 0755 for directories and for files of which
anyone may execute something, 0644 for all others. Owners and set-id bits are never kept.
"""

from __future__ import annotations

import contextlib
import os
import stat

from distrorocks.system.files.archive_member import ArchiveError
from distrorocks.system.files.beneath import Beneath, BlockedError

PLAIN, PROGRAM = 0o644, 0o755


def mode_of(mode: int) -> int:
    """Return the mode of an unpacked file from that in an archive or a checkout."""
    return PROGRAM if mode & 0o111 else PLAIN


class NewFolder(Beneath):
    """A folder and the files in it; paths are relative to it, without ``.`` and ``..``.

    The methods raise ``ArchiveError`` for what cannot be written there.
    """

    __slots__ = ()

    def add_file(self, path: str, content: bytes, mode: int, seconds: int = 0) -> None:
        """Write a file in place of an earlier one; ``seconds`` is its date since 1970, 0 is now."""
        place = self._prepared(path)
        try:
            with contextlib.suppress(FileNotFoundError):
                self.remove_file(place)
            self.create(place, content, mode)
            if seconds > 0:
                parent, name = self._place(place)
                os.utime(name, (seconds, seconds), dir_fd=parent, follow_symlinks=False)
        except (OSError, OverflowError) as error:
            raise _cannot(path, error) from None

    def add_directory(self, path: str) -> None:
        """Make a directory unless it is there."""
        if path:
            self._prepared(f"{path}/x")

    def add_link(self, path: str, target: str) -> None:
        """Make a symbolic link in place of an earlier one; ``target`` must have been checked."""
        place = self._prepared(path)
        try:
            with contextlib.suppress(FileNotFoundError):
                self.remove_file(place)
            self.symlink(target, place)
        except OSError as error:
            raise _cannot(path, error) from None

    def add_hard_link(self, path: str, target: str) -> None:
        """Write a copy of an earlier regular file: the same names must not share later changes."""
        try:
            status = self.status(f"/{target}")
            if status is None or not stat.S_ISREG(status.st_mode):
                raise ArchiveError(f"its member {path!r} is a hard link to no file of it")
            content = self.read(f"/{target}", status.st_size)
        except (OSError, BlockedError) as error:
            raise _cannot(path, error) from None
        self.add_file(path, content, stat.S_IMODE(status.st_mode), int(status.st_mtime))

    def _prepared(self, path: str) -> str:
        """Return the absolute path of a name whose directories have been made."""
        above = path.rpartition("/")[0]
        try:
            if above:
                self.make_directories(f"/{above}")
        except (OSError, BlockedError) as error:
            raise _cannot(path, error) from None
        return f"/{path}"


def make_folder(path: str) -> None:
    """Make a new directory with mode 0755; its parent must be private. Raise ``ArchiveError``."""
    above, _, name = path.rpartition("/")
    try:
        with Beneath(above or "/") as parent:
            parent.make_directory(f"/{name}")
    except (OSError, BlockedError) as error:
        raise _cannot(path, error) from None


def _cannot(path: str, error: Exception) -> ArchiveError:
    why = getattr(error, "strerror", None) or str(error)
    return ArchiveError(f"its member {path!r} cannot be written: {why}")
