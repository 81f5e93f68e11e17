"""Changes of a tree as one transaction with a journal: all of them, or none, whatever happens.

1. The journal says what is going to be made. 2. Directories are made; all new content is written
beside its place and synced, so that a full or read-only disk is found while nothing has changed.
3. The journal says how every path was and will be. 4. Each old file is kept under another name, and
the new one renamed into its place, in the order of the changes. 5. With the last one, the tree's
manifest or else a new rock's list, the transaction is committed: what was kept goes, and the
journal last.

A new rock's directory is staged and renamed as one, since LuaRocks, where it rebuilds a manifest,
fails at a rock that has no rock_manifest yet (``manif.writer``, ``store_results``).

A failure or a signal before that undoes it at once; after a kill, ``recovery.recover`` undoes or
completes it. The caller holds the tree's lock.
"""

from __future__ import annotations

import errno
import stat
from collections.abc import Mapping, Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.atomic_file import WriteError, failing_to
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.syncing import sync_directories, sync_files
from distrorocks.system.processes.interruption import deferred, interrupt_if_asked, uninterrupted
from distrorocks.system.trees.journal import (
    Journal,
    Mark,
    Step,
    journal_path,
    mark_of,
    needed_directories,
    whole_above,
)
from distrorocks.system.trees.recovery import completed, half_done, reason_of, undone
from distrorocks.system.trees.staging import sources_of, staged_directory, step_of
from distrorocks.system.trees.tree_place import TreePlace
from distrorocks.trees.change import MoveFile, PlaceFile, RemoveDirectory, TreeChange

_JOURNAL_MODE = 0o644
_LARGEST_COPY = 1 << 30
_NO_LINK = (errno.EPERM, errno.EXDEV, errno.EMLINK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EACCES)


class TreeChanged(DistrorocksError):  # noqa: N818 - what happened to the tree
    """Another program changed the tree after it was observed: plan again."""


def transact(
    place: TreePlace,
    changes: Sequence[TreeChange],
    *,
    observed: Mapping[str, Mark | None],
    directory_mode: int,
    whole: Sequence[str] = (),
) -> list[str]:
    """Apply the changes in order; the last one, a ``PlaceFile``, commits them.

    Each directory of ``whole`` that does not exist yet appears with all its files at once.
    ``observed`` has the marks of paths when the changes were decided. Return what could not be
    cleaned up, each with its reason, for the next run. On failure everything is undone and the
    error raised: ``TreeChanged`` if a path is not as observed, ``WriteError``, ``BlockedError``; or
    ``HalfDoneError`` if something could not be undone.
    """
    with Beneath("/") as below, deferred():
        run = _Transaction(below, journal_path(place), changes, directory_mode, whole)
        try:
            run.stage()
            run.check(observed)
            run.place()
        except BaseException as error:
            with uninterrupted():
                faults = run.undo()
            if faults:
                raise half_done(reason_of(error), faults) from error
            raise
        return run.finish()


class _Transaction:
    """One run of changes, and the journal of what it has done so far."""

    def __init__(
        self,
        below: Beneath,
        path: str,
        changes: Sequence[TreeChange],
        directory_mode: int,
        whole: Sequence[str],
    ) -> None:
        self._below = below
        self._path = path
        self._mode = directory_mode
        self._sources = sources_of(changes)
        new = [each for each in whole if below.status(each) is None]
        self._whole = {each: staged_directory(each) for each in new}
        steps = tuple(step_of(path, source, self._whole) for path, source in self._sources.items())
        emptied = tuple(each.path for each in changes if isinstance(each, RemoveDirectory))
        self._journal = Journal((), steps, emptied, whole=tuple(self._whole.items()))

    def stage(self) -> None:
        """Write the journal, make the directories, and write and sync all new content."""
        below, steps = self._below, self._journal.steps
        places = [path for each in steps if each.staged for path in (each.path, each.staged)]
        needed = needed_directories([self._path, *places])
        missing = [each for each in needed if below.status(each) is None]
        later = tuple(f"{each}/" for each in self._whole)
        self._journal = self._journal._replace(made=tuple(missing))
        with failing_to("write", below.shown(self._path)):
            below.make_directories(self._path.rpartition("/")[0], self._mode)
            self._write_journal()
        named = {staged: each for each, staged in self._whole.items()}
        for each in missing:
            interrupt_if_asked()
            if not f"{each}/".startswith(later):
                with failing_to("make", below.shown(named.get(each, each))):
                    below.make_directories(each, self._mode)
        for step in steps:
            if step.staged:
                interrupt_if_asked()
                with failing_to("write", below.shown(step.path)):
                    self._stage(step)
        written = (it for it in steps if isinstance(self._sources[it.path], PlaceFile))
        sync_files(below, ((step.path, step.staged) for step in written))

    def check(self, observed: Mapping[str, Mark | None]) -> None:
        """Write the journal with the marks of all paths; raise if one is not as ``observed``."""
        ready = []
        for step in self._journal.steps:
            status = self._below.status(step.path)
            if status is not None and stat.S_ISDIR(status.st_mode):
                raise WriteError(
                    f"{self._below.shown(step.path)} is a directory, and a file has to be there",
                    hint="move it away",
                )
            old = mark_of(status)
            if observed.get(step.path, old) != old:
                raise _changed(self._below.shown(step.path))
            new = mark_of(self._below.status(step.staged)) if step.staged else None
            ready.append(step._replace(old=old, new=new))
        self._journal = self._journal._replace(steps=tuple(ready), is_ready=True)
        interrupt_if_asked()
        with failing_to("write", self._below.shown(self._path)):
            self._write_journal()

    def place(self) -> None:
        """Rename everything into place; the last step, or the directory it is in, commits."""
        *steps, last = self._journal.steps
        final = whole_above(last.path, self._whole)
        waiting = self._whole.keys() - {final}
        changed = [last.staged] if final else []
        for step in steps:
            interrupt_if_asked()
            directory = whole_above(step.path, self._whole)
            changed.append(step.staged if directory and directory == final else step.path)
            if not directory:
                self._place(step)
            elif directory in waiting:
                waiting.remove(directory)
                self._place_whole(directory)
        self._sync([*changed, *self._whole])
        interrupt_if_asked()
        if final:
            self._place_whole(final)
        else:
            self._place(last)
        self._sync([final or last.path])

    def undo(self) -> list[str]:
        """Undo everything; return the paths that failed, with reasons."""
        return undone(self._below, self._journal, self._path)[0]

    def finish(self) -> list[str]:
        """Remove what was kept, and the journal; return what failed, with reasons."""
        faults = completed(self._below, self._journal, self._path)
        if faults:  # once more: the failure may be transient
            faults = completed(self._below, self._journal, self._path)
        return faults

    def _write_journal(self) -> None:
        self._below.write(self._path, self._journal.to_bytes(), _JOURNAL_MODE, is_forced=True)

    def _stage(self, step: Step) -> None:
        source = self._sources[step.path]
        if isinstance(source, PlaceFile):
            self._below.create(step.staged, source.content, source.mode)
        elif isinstance(source, MoveFile):
            self._copy(source.path, step.staged)

    def _copy(self, path: str, to: str) -> None:
        """Give a file another name, by a hard link where that is possible, else as a copy."""
        try:
            self._below.link(path, to)
        except OSError as error:
            if error.errno not in _NO_LINK:
                raise
            status = self._below.status(path)
            if status is None or not stat.S_ISREG(status.st_mode):
                raise
            self._below.create(to, self._below.read(path, _LARGEST_COPY), 0, like=status)
            self._below.sync(to)

    def _place(self, step: Step) -> None:
        below = self._below
        with failing_to("write" if step.staged else "remove", below.shown(step.path)):
            if mark_of(below.status(step.path)) != step.old:
                raise _changed(below.shown(step.path))
            if step.old is not None:
                _keep(below, step)
            if step.staged:
                below.rename(step.staged, step.path)

    def _place_whole(self, path: str) -> None:
        """Rename a staged directory to ``path``, which no other program must have made since."""
        below, staged = self._below, self._whole[path]
        with failing_to("write", below.shown(path)):
            if below.status(path) is not None:
                raise _changed(below.shown(path))
            below.forget(staged)
            try:
                below.rename(staged, path)
            except OSError as error:
                if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                    raise _changed(below.shown(path)) from None
                raise

    def _sync(self, paths: Sequence[str]) -> None:
        """Sync the directories of paths."""
        sync_directories(self._below, (path.rpartition("/")[0] for path in paths))


def _keep(below: Beneath, step: Step) -> None:
    """Keep the old file: by a hard link, so that the place is never empty, or by renaming it."""
    if step.staged:
        try:
            below.link(step.path, step.kept)
            return
        except OSError as error:
            if error.errno not in _NO_LINK:
                raise
    below.rename(step.path, step.kept)


def _changed(path: str) -> TreeChanged:
    return TreeChanged(f"another program has changed {path} meanwhile", hint="plan again")
