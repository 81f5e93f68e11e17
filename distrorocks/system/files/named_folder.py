"""Directories named on the command line, and what is below them: no link of another user counts.

The way to the directory is checked as ``read_named`` checks it; below the directory no link is
followed at all, whoever's it is. So whoever owns the directory can neither show root a file from
elsewhere nor have one written there, even by renaming directories while root works.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator

from distrorocks.errors import call_hint
from distrorocks.system.files.beneath import Beneath, BlockedError
from distrorocks.system.files.bounded_file import FileReadError, read_opened
from distrorocks.system.files.named_file import from_here, plain_path
from distrorocks.system.files.root_path import RootView

MOST_LEVELS = 200
"""How many directories within each other a walk enters."""

_PART = 1 << 20


class NamedFolder(Beneath):
    """The files below a directory that somebody named; paths are absolute in it.

    Raise ``FileReadError`` if it is missing, ``BlockedError`` if it is no directory, and for root
    ``UntrustedError`` if a link of another user is on the way to it.
    """

    __slots__ = ()

    def __init__(self, path: str) -> None:
        place = plain_path(RootView("/"), from_here(path))
        if place is None:
            hint = call_hint(FileNotFoundError(errno.ENOENT, path))
            raise FileReadError(f"cannot enter {path}: it is not there", is_missing=True, hint=hint)
        try:
            with Beneath("/") as top:
                self._handles = {"": os.dup(top.directory(place))}
        except OSError as error:
            brief = f"cannot enter {path}: {error.strerror}"
            raise FileReadError(brief, hint=call_hint(error)) from None
        self.root = path.rstrip("/") or "/"

    def regular(self, path: str) -> os.stat_result | None:
        """Return the status of a regular file, or None for anything else."""
        status = self.status_inside(path)
        return status if status is not None and stat.S_ISREG(status.st_mode) else None

    @contextlib.contextmanager
    def open_regular(self, path: str) -> Iterator[int]:
        """Open a regular file for the block; raise ``FileReadError`` for any other type."""
        shown = self.shown(path)
        try:
            _require_regular(self._status(path), shown)  # a device is never opened
            with self.file(path) as opened:
                _require_regular(os.fstat(opened), shown)
                yield opened
        except OSError as error:
            is_missing = error.errno in (errno.ENOENT, errno.ENOTDIR)
            brief = f"cannot read {shown}: {error.strerror}"
            raise FileReadError(brief, is_missing=is_missing, hint=call_hint(error)) from None

    def read_with_status(self, path: str, limit: int) -> tuple[bytes, os.stat_result]:
        """Return a regular file's bytes and status, both of the file that was opened.

        Raise ``FileReadError`` as ``read_bounded`` does.
        """
        with self.open_regular(path) as opened:
            return read_opened(opened, self.shown(path), limit), os.fstat(opened)

    def parts(self, path: str, limit: int) -> Iterator[bytes]:
        """Yield a regular file's bytes in parts; raise ``FileReadError`` beyond ``limit``."""
        with self.open_regular(path) as opened:
            size, done = os.fstat(opened).st_size, 0
            while size <= limit and (part := os.read(opened, _PART)):
                done += len(part)
                size = max(size, done)
                yield part
            if size > limit:
                raise FileReadError(
                    f"cannot read {self.shown(path)}: it has more than {limit} bytes"
                )

    def read(self, path: str, limit: int) -> bytes:
        """Return a regular file's bytes; raise ``FileReadError`` as ``read_bounded`` does."""
        return self.read_with_status(path, limit)[0]

    def _status(self, path: str) -> os.stat_result:
        """Return the ``lstat`` result of a path; raise ``OSError`` if it does not exist."""
        parent, name = self._place(path)
        return os.stat(name, dir_fd=parent, follow_symlinks=False)

    def status_inside(self, path: str) -> os.stat_result | None:
        """Return the ``lstat`` result of a path, or None if nothing is there without a link."""
        try:
            return self.status(path)
        except (BlockedError, OSError):
            return None

    def walk(
        self, top: str = "", *, skipped: frozenset[str] = frozenset()
    ) -> Iterator[tuple[str, os.stat_result]]:
        """Yield all paths below ``top`` that are no directories, with their status.

        Directories whose name is ``skipped``, that cannot be read, or that disappear meanwhile are
        passed over. Raise ``FileReadError`` for more than ``MOST_LEVELS`` within each other.
        """
        pending = [top]
        while pending:
            directory = pending.pop()
            if directory.count("/") - top.count("/") > MOST_LEVELS:
                raise _too_deep(self.shown(directory))
            inner = []
            for path in self._paths(directory):
                status = self.status_inside(path)
                if status is not None and stat.S_ISDIR(status.st_mode):
                    inner.append(path)
                elif status is not None:
                    yield path, status
            pending += [path for path in inner[::-1] if path.rpartition("/")[2] not in skipped]

    def _paths(self, directory: str) -> list[str]:
        """Return the paths in a directory, none if it cannot be read."""
        with contextlib.suppress(BlockedError, OSError):
            return [f"{directory}/{name}" for name in self.names(directory)]
        return []


def _require_regular(status: os.stat_result, shown: str) -> None:
    """Raise ``FileReadError`` unless the file is regular."""
    if not stat.S_ISREG(status.st_mode):
        kind = "a link" if stat.S_ISLNK(status.st_mode) else "not a regular file"
        raise FileReadError(f"cannot read {shown}: it is {kind}")


def _too_deep(place: str) -> FileReadError:
    return FileReadError(
        f"{place[:120]}... has more than {MOST_LEVELS} nested directories",
        hint="no rock has so many: find out what created them, and remove them with rm -r",
    )
