"""Carries out changes below a root, all of them or none.

Nothing is written through a link: every directory on the way is opened from the one above it.
First all new content is written beside its place and forced to disk, which is where a full disk or
a read-only one shows, and nothing has changed yet. Then files are renamed into their places, each
old one kept under another name, so that undoing needs no room. A signal that asks the process to
end waits for the step at hand. What a killed run leaves beside is swept by the next one.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.atomic_file import WriteError, temporary_name
from distrorocks.system.files.beneath import Beneath, BlockedError
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
    """Do each change in order; on failure undo those done, and raise what stood in the way.

    What is ``beforehand`` is in place, on disk, before anything of the others is written. What
    comes ``afterwards`` says that all is done: it is written beside with the others, and comes
    into place when nothing is left to undo, nor to be cleared away. Returns what then could not
    be cleared away or recorded, each with its reason: the next run has to do it. Raises
    ``WriteError`` or ``BlockedError`` with everything as it was before, ``HalfDoneError`` with the
    paths that are not.
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
    """Remove what killed runs left in these directories; the caller holds the lock."""
    with _opened(root) as below:
        for directory in directories:
            with suppress(OSError, DistrorocksError):
                below.sweep(directory)


class _Writer:
    """The changes of one run, and how to undo those that were made so far."""

    def __init__(self, below: Beneath) -> None:
        self._below = below
        self._is_late = False
        self._staged: dict[int, str] = {}
        self._kept: list[str] = []
        self._emptied: list[str] = []
        self._swept: set[str] = set()
        self._unforced = ""
        self._undo: list[tuple[str, Undo]] = []

    def stage(self, changes: Sequence[Change]) -> None:
        """Write all new content beside its place, and force it to disk."""
        for change in changes:
            if isinstance(change, WriteFile):
                interrupt_if_asked()
                with _told("write", self._below.shown(change.path)):
                    self._write_beside(change)
        for beside in self._staged.values():
            interrupt_if_asked()
            with _told("write", self._below.shown(beside)):
                self._below.sync(beside)

    def apply(self, changes: Sequence[Change]) -> None:
        """Bring changes into their places, and force the names to disk."""
        for change in changes:
            if not self._is_late:
                interrupt_if_asked()
            self._apply(change)
        self._force()

    def _apply(self, change: Change) -> None:
        below = self._below
        if isinstance(change, WriteFile):
            with _told("write", below.shown(change.path)):
                self._keep(change.path)
                self._replace(self._staged.pop(id(change)), change.path)
        elif isinstance(change, RemoveFile):
            with _told("remove", below.shown(change.path)), suppress(BlockedError):
                self._keep(change.path, is_moved=True)
        elif isinstance(change, RemoveDirectory):
            self._emptied.append(change.path)

    def undo(self) -> list[str]:
        """Put everything back, last first; return what could not be, as paths with reasons."""
        faults = []
        for path, step in reversed(self._undo):
            try:
                step()
            except (OSError, DistrorocksError) as error:
                faults.append(f"{self._below.shown(path)}: {_reason(error)}")
        return faults

    def finish(self, afterwards: Sequence[Change]) -> list[str]:
        """Let the changes stand, then record it; return what could not be done of that.

        From here on going on is the way to a sound state, so no signal interrupts any more.
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
        """Remove what was kept for the undo, and the directories that are to go.

        Returns what is still there and should not be, with reasons.
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
                continue  # a link on the way: nothing of ours is behind it
            except (OSError, MemoryError) as error:
                faults.append(f"cannot remove {self._below.shown(path)}: {_reason(error)}")
        self._kept, self._emptied = [], []
        return faults

    def _write_beside(self, change: WriteFile) -> None:
        directory = change.path.rpartition("/")[0]
        for made in self._below.make_directories(directory):
            self._undo.append((made, partial(self._unmake, made)))
        if directory not in self._swept:
            self._below.sweep(directory)
            self._swept.add(directory)
        beside = _beside(change.path)
        self._below.create(beside, change.content, 0o644)
        self._staged[id(change)] = beside
        self._undo.append((beside, partial(self._remove_if_there, beside)))

    def _keep(self, path: str, *, is_moved: bool = False) -> None:
        """Keep what is at a path under another name, and move it there if it ``is_moved``."""
        status = self._below.status(path)
        if status is None:
            self._undo.append((path, partial(self._remove_if_there, path)))
            return
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        kept = _beside(path)
        try:
            if is_moved:
                self._below.rename(path, kept)
            else:
                self._below.link(path, kept)
        except OSError as error:
            if is_moved or error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO):
                raise
            self._below.rename(path, kept)  # no hard links here, or not of another user's file
        self._kept.append(kept)
        self._undo.append((path, partial(self._put_back, kept, path)))
        self._touch(path)

    def _replace(self, beside: str, path: str) -> None:
        self._below.rename(beside, path)
        self._touch(path)

    def _touch(self, path: str) -> None:
        """Note that names in a directory changed; force those of the one before."""
        directory = path.rpartition("/")[0]
        if directory != self._unforced:
            self._force()
            self._unforced = directory

    def _put_back(self, kept: str, path: str) -> None:
        self._below.rename(kept, path)
        self._remove_if_there(kept)  # rename leaves it where both names are of one file

    def _unmake(self, directory: str) -> None:
        try:
            self._below.remove_directory(directory)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
                raise  # else somebody else put something there

    def _force(self) -> None:
        """Force the names in the directory that was changed last to disk."""
        if self._unforced:
            with suppress(OSError, BlockedError):
                self._below.sync_directory(self._unforced)
        self._unforced = ""

    def _remove_if_there(self, path: str) -> None:
        with suppress(FileNotFoundError):
            self._below.remove_file(path)


def _beside(path: str) -> str:
    """Return a path beside another one that is not there."""
    directory, _, name = path.rpartition("/")
    return f"{directory}/{temporary_name(name)}"


@contextmanager
def _opened(root: str) -> Iterator[Beneath]:
    """Open a root for changes."""
    try:
        below = Beneath(root)
    except OSError as error:
        raise WriteError(f"cannot enter {root}: {error.strerror}") from error
    with below:
        yield below


@contextmanager
def _told(what: str, path: str) -> Iterator[None]:
    """Make a fault of the system one that names the file."""
    try:
        yield
    except OSError as error:
        raise WriteError(
            f"cannot {what} {path}: {error.strerror}",
            hint="mend this and run the command again",
        ) from error


def _half_done(error: BaseException, faults: list[str]) -> HalfDoneError:
    """Return the error that says what is not as it was."""
    return HalfDoneError(
        f"{_reason(error)}; then {len(faults)} paths could not be put back",
        detail="\n".join(f"  {each}" for each in faults[:_MOST_TOLD]),
        hint="mend this and run the command again: it finishes what is half done",
    )


def _reason(error: BaseException) -> str:
    """Return what an error says, in a line."""
    if isinstance(error, DistrorocksError):
        return error.brief
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
