"""Applies changes below a root, all of them or none.

Nothing is written through a link: every directory is opened relative to its parent. First all new
content is written to temporary files and synced, so that a full or read-only disk is found before
anything has changed. Then files are renamed into place, each old one kept under another name, so
that undoing needs no space. A terminating signal is deferred to the end of a step. The next run
removes the temporary files of a killed one.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial

from distrorocks.errors import DistrorocksError, call_hint
from distrorocks.system.files.atomic_file import WriteError, failing_to, temporary_name
from distrorocks.system.files.beneath import Beneath, BlockedError
from distrorocks.system.files.syncing import sync_directories, sync_files
from distrorocks.system.processes.interruption import (
    deferred,
    interrupt_if_asked,
    uninterrupted,
)
from distrorocks.trees.change import Change, RemoveDirectory, RemoveFile, WriteFile

_MOST_TOLD = 20
Undo = Callable[[], None]


class HalfDoneError(DistrorocksError):
    """Changes failed, and some of them could not be undone."""


def apply_changes(
    root: str,
    changes: Sequence[Change],
    *,
    beforehand: Sequence[Change] = (),
    afterwards: Sequence[Change] = (),
) -> list[str]:
    """Apply the changes in order; on failure undo those applied, and raise the error.

    Changes ``beforehand`` are on disk before any other is written. Changes ``afterwards`` mark
    completion: they are staged with the others, and renamed into place when nothing is left to undo
    or clean up. Return what could not be cleaned up or recorded, each with its reason, for the next
    run. Raise ``WriteError`` or ``BlockedError`` if everything was undone, or ``HalfDoneError``
    with the paths that were not.
    """
    with _opened(root) as below, deferred():
        writer = _Writer(below)
        try:
            writer.stage(beforehand)
            writer.apply(beforehand)
            writer.stage([*changes, *afterwards])
            writer.apply(changes)
        except BaseException as error:
            with uninterrupted():
                faults = writer.undo()
            if faults:
                raise _half_done(error, faults) from error
            raise
        return writer.finish(afterwards)


def sweep_left_overs(root: str, directories: Iterable[str]) -> None:
    """Remove temporary files of killed runs in these directories; the caller holds the lock."""
    with _opened(root) as below:
        for directory in directories:
            with suppress(OSError, DistrorocksError):
                below.sweep(directory)


class _Writer:
    """The changes of one run, with the undo of those applied so far."""

    def __init__(self, below: Beneath) -> None:
        self._below = below
        self._is_late = False
        self._staged: dict[int, str] = {}
        self._kept: list[str] = []
        self._emptied: list[str] = []
        self._swept: set[str] = set()
        self._unforced: dict[str, None] = {}
        self._above_unforced: set[str] = set()
        self._undo: list[tuple[str, Undo]] = []

    def stage(self, changes: Sequence[Change]) -> None:
        """Write all new content to temporary files, and sync them."""
        for change in changes:
            if isinstance(change, WriteFile):
                interrupt_if_asked()
                with failing_to("write", self._below.shown(change.path)):
                    self._write_beside(change)
        sync_files(self._below, ((beside, beside) for beside in self._staged.values()))

    def apply(self, changes: Sequence[Change]) -> None:
        """Rename the staged files into place, and sync the directories.

        Those below a directory are synced before it changes: no manifest lists what is not there.
        """
        for change in changes:
            if not self._is_late:
                interrupt_if_asked()
            self._apply(change)
        self._force()

    def _apply(self, change: Change) -> None:
        below = self._below
        if isinstance(change, WriteFile):
            with failing_to("write", below.shown(change.path)):
                self._keep(change.path)
                self._replace(self._staged.pop(id(change)), change.path)
        elif isinstance(change, RemoveFile):
            with failing_to("remove", below.shown(change.path)), suppress(BlockedError):
                self._keep(change.path, is_moved=True)
        elif isinstance(change, RemoveDirectory):
            self._emptied.append(change.path)

    def undo(self) -> list[str]:
        """Undo everything, last change first; return the paths that failed, with reasons."""
        faults = []
        for path, step in reversed(self._undo):
            try:
                step()
            except (OSError, DistrorocksError) as error:
                faults.append(f"{self._below.shown(path)}: {_reason(error)}")
        return faults

    def finish(self, afterwards: Sequence[Change]) -> list[str]:
        """Commit: clean up, then apply ``afterwards``; return what failed.

        From here on a consistent state is reached by completing, so signals are deferred.
        """
        self._is_late = True
        staged = set(self._staged.values())
        self._undo = [(path, step) for path, step in self._undo if path in staged]
        faults = self._clear()
        if not faults:
            try:
                self.apply(afterwards)
            except (OSError, DistrorocksError, MemoryError) as error:
                faults = [_reason(error)]
        if faults:
            self.undo()
        return faults or self._clear()

    def _clear(self) -> list[str]:
        """Remove the files kept for the undo, and the directories to be removed.

        Return the paths that could not be removed, with reasons.
        """
        faults = []
        steps: list[tuple[str, Callable[[str], None]]] = [
            (path, self._remove_if_there) for path in self._kept
        ]
        for path in self._emptied:
            steps += [(path, self._below.sweep), (path, self._unmake)]
        for path, step in steps:
            try:
                step(path)
            except BlockedError:
                continue  # a component is a link: nothing of ours is behind it
            except (OSError, MemoryError) as error:
                faults.append(f"cannot remove {self._below.shown(path)}: {_reason(error)}")
        self._kept, self._emptied = [], []
        return faults

    def _write_beside(self, change: WriteFile) -> None:
        directory = change.path.rpartition("/")[0]
        for made in self._below.make_directories(directory):
            self._undo.append((made, partial(self._unmake, made)))
            self._swept.add(made)
        if directory not in self._swept:
            self._below.sweep(directory)
            self._swept.add(directory)
        beside = _beside(change.path)
        self._below.create(beside, change.content, 0o644)
        self._staged[id(change)] = beside
        self._undo.append((beside, partial(self._remove_if_there, beside)))

    def _keep(self, path: str, *, is_moved: bool = False) -> None:
        """Keep a file under another name, by renaming it if ``is_moved``, else by a hard link."""
        status = self._below.status(path)
        if status is None:
            self._undo.append((path, partial(self._remove_if_there, path)))
            return
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        kept = _beside(path)
        self._touch(path)
        try:
            if is_moved:
                self._below.rename(path, kept)
            else:
                self._below.link(path, kept)
        except OSError as error:
            if is_moved or error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO):
                raise
            self._below.rename(path, kept)  # hard links are not supported, or not permitted
        self._kept.append(kept)
        self._undo.append((path, partial(self._put_back, kept, path)))

    def _replace(self, beside: str, path: str) -> None:
        self._touch(path)
        self._below.rename(beside, path)

    def _touch(self, path: str) -> None:
        """Note that a directory's entries are about to change; sync those below it before."""
        directory = path.rpartition("/")[0]
        if directory in self._above_unforced:
            self._force()
        if directory not in self._unforced:
            self._unforced[directory] = None
            above = directory
            while above := above.rpartition("/")[0]:
                self._above_unforced.add(above)

    def _put_back(self, kept: str, path: str) -> None:
        self._below.rename(kept, path)
        self._remove_if_there(kept)  # rename(2) keeps it if both names are the same file

    def _unmake(self, directory: str) -> None:
        try:
            self._below.remove_directory(directory)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
                raise  # else another program created a file there

    def _force(self) -> None:
        """Sync the directories that were changed."""
        sync_directories(self._below, self._unforced)
        self._unforced.clear()
        self._above_unforced.clear()

    def _remove_if_there(self, path: str) -> None:
        with suppress(FileNotFoundError):
            self._below.remove_file(path)


def _beside(path: str) -> str:
    """Return an unused path in the same directory."""
    directory, _, name = path.rpartition("/")
    return f"{directory}/{temporary_name(name)}"


@contextmanager
def _opened(root: str) -> Iterator[Beneath]:
    """Open a root for changes."""
    try:
        below = Beneath(root)
    except OSError as error:
        raise WriteError(f"cannot enter {root}: {error.strerror}", hint=call_hint(error)) from error
    with below:
        yield below


def _half_done(error: BaseException, faults: list[str]) -> HalfDoneError:
    """Return the error that lists what could not be undone."""
    return HalfDoneError(
        f"{_reason(error)}; then {len(faults)} paths could not be restored",
        detail="\n".join(f"  {each}" for each in faults[:_MOST_TOLD]),
        hint="fix this and run the command again: it completes what is half done",
    )


def _reason(error: BaseException) -> str:
    """Return the message of an error, on one line."""
    if isinstance(error, DistrorocksError):
        return error.brief
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
