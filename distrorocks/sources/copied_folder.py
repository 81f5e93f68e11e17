"""The private copy of a folder that a user builds in: the build changes the copy alone.

The folder may be another user's, and root copies it: no link below it is followed, and a link that
leads out of it is not copied. The directories of version control are left out, as from a checkout.
"""

from __future__ import annotations

import os
import stat

from distrorocks.rocks.quotation import plain, quoted
from distrorocks.sources.checked_folder import MOST_BYTES, MOST_FILES, leads_inside
from distrorocks.sources.new_folder import NewFolder, mode_of
from distrorocks.sources.source import SourceError
from distrorocks.system.files.archive_member import MOST_UNPACKED
from distrorocks.system.files.beneath import BlockedError
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.named_folder import MOST_LEVELS, NamedFolder
from distrorocks.values import NamedTuple

_VERSION_CONTROL = frozenset({".git", ".hg", ".svn"})


class LeftOut(NamedTuple):
    """A path below the folder that was not copied, and why."""

    path: str
    why: str

    def __str__(self) -> str:
        return f"{quoted(self.path)} is left out of the build: {self.why}"


def copy_folder(source: str, target: str) -> tuple[LeftOut, ...]:
    """Copy all that is below ``source``, an absolute path, into the empty folder ``target``.

    Return what was left out: links that lead out, special files, files of more than
    ``MOST_UNPACKED`` bytes, and what cannot be read. Raise ``SourceError`` beyond ``MOST_FILES``
    and ``MOST_BYTES``, and what ``NamedFolder`` raises for ``source``.
    """
    with NamedFolder(source) as folder, NewFolder(target) as copy:
        work = _Copying(folder, copy)
        work.enter("", 0)
        return tuple(work.left_out)


class _Copying:
    """A copy that is being made."""

    def __init__(self, folder: NamedFolder, copy: NewFolder) -> None:
        self._folder = folder
        self._copy = copy
        self._files = 0
        self._bytes = 0
        self.left_out: list[LeftOut] = []

    def enter(self, above: str, level: int) -> None:
        """Copy what is in the directory ``above``, "" or ending with a slash."""
        try:
            names = self._folder.names(f"/{above}".rstrip("/"))
        except (OSError, BlockedError) as error:
            self._leave(above.rstrip("/"), _reason(error))
            return
        for name in names:
            if name not in _VERSION_CONTROL:
                self._add(f"{above}{name}", level)

    def _add(self, path: str, level: int) -> None:
        status = self._folder.status_inside(f"/{path}")
        if status is None:
            return  # removed meanwhile
        self._files += 1
        if self._files > MOST_FILES:
            raise _too_much(self._folder.root, f"{MOST_FILES} files")
        if stat.S_ISDIR(status.st_mode):
            if level >= MOST_LEVELS:
                raise _too_much(self._folder.root, f"{MOST_LEVELS} folders in each other")
            self._copy.add_directory(path)
            self.enter(f"{path}/", level + 1)
        elif stat.S_ISREG(status.st_mode):
            self._add_file(path)
        elif stat.S_ISLNK(status.st_mode):
            self._add_link(path)
        else:
            self._leave(path, "it is a special file")

    def _add_file(self, path: str) -> None:
        try:
            content, status = self._folder.read_with_status(f"/{path}", MOST_UNPACKED)
        except (FileReadError, BlockedError, OSError) as error:
            self._leave(path, _reason(error))
            return
        self._bytes += len(content)
        if self._bytes > MOST_BYTES:
            raise _too_much(self._folder.root, f"{MOST_BYTES} bytes")
        self._copy.add_file(path, content, mode_of(status.st_mode), int(status.st_mtime))

    def _add_link(self, path: str) -> None:
        try:
            target = self._folder.target(f"/{path}")
        except (OSError, BlockedError) as error:
            self._leave(path, _reason(error))
            return
        if leads_inside(path, target):
            self._copy.add_link(path, target)
        else:
            self._leave(path, f"it is a link out of the folder, to {quoted(target)}")

    def _leave(self, path: str, why: str) -> None:
        self.left_out.append(LeftOut(path, why))


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return os.strerror(error.errno) if error.errno else str(error)
    return str(getattr(error, "brief", error))


def _too_much(folder: str, what: str) -> SourceError:
    return SourceError(
        f"{plain(folder)} cannot be copied for the build: it has more than {what}",
        hint="run it in a folder that has the rock's sources and little else",
    )
