"""A snapshot of a tree before a run, kept beside the tree until the run has succeeded.

It covers what LuaRocks changes: the tree's rocks, modules and commands of one Lua version. Small
files are copied, since a careless build may write into an existing file; large ones are hard links.
The record is written last, so without one nothing had been changed yet. It identifies its tree, and
is used for that tree only.
"""

from __future__ import annotations

import contextlib
import os
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.processes.process import boot_id, is_running, started
from distrorocks.system.processes.session import Session, end
from distrorocks.system.trees.kept_files import KeptFiles, MisfitError
from distrorocks.system.trees.made_directories import is_plain, umask, unmake, ways
from distrorocks.system.trees.snapshot_places import places_of, refuse_misfit
from distrorocks.system.trees.snapshot_record import (
    FILE,
    LINK,
    Entry,
    Record,
    SnapshotError,
    entries_below,
    entry_of,
    ways_of,
)
from distrorocks.system.trees.snapshot_text import read_record, record_text
from distrorocks.system.trees.tree_place import TreePlace, tree_place
from distrorocks.trees.layout import Layout

_COPIED = 1024 * 1024  # bytes; what is larger is linked


class LeftError(SnapshotError):
    """A tree is as it should be, but its snapshot cannot be removed."""


class Snapshot(NamedTuple):
    """A snapshot: the place of the tree, and the record.

    ``session`` is the last session that a killed run started; see ``end_session``.
    """

    place: TreePlace
    record: Record
    session: Session | None = None

    @property
    def directory(self) -> str:
        """The directory of the snapshot."""
        return self.place.undo

    def note(self, started: Session) -> None:
        """Record a session before it changes the tree."""
        try:
            with Beneath("/") as below, KeptFiles(below, self.directory) as kept:
                kept.write_session(str(started).encode())
        except OSError as error:
            raise SnapshotError(
                f"cannot write to {self.directory}: {error.strerror}",
                hint="nothing was started that could outlive this run",
            ) from error

    def end_session(self) -> None:
        """Kill the processes that a killed run started and that still work on the tree."""
        if self.session is not None and not end(self.session):
            raise SnapshotError(
                f"processes that a killed run started still work on {self.place.root}",
                hint=f"look for the processes of session {self.session.leader}",
            )

    def discard(self) -> None:
        """Remove the snapshot, or raise ``SnapshotError``."""
        with (
            contextlib.suppress(OSError, DistrorocksError),
            Beneath("/") as below,
            KeptFiles(below, self.directory) as kept,
        ):
            kept.discard(below)
        refuse_left(self.place, f"{self.place.root} is what it should be")


def take(layout: Layout, *, made: int = 0) -> Snapshot:
    """Take a snapshot of a tree whose lock the caller holds, or raise ``SnapshotError``.

    ``made`` is how many directories, the root and its parents, this run has created.
    """
    place = tree_place(layout)
    try:
        with Beneath("/") as below:
            return _taken(below, place, made)
    except OSError as error:
        refuse_left(place, f"{layout.root} cannot be saved: {error.strerror}")
        raise SnapshotError(
            f"cannot keep {layout.root} as it is: {error.strerror}",
            detail=str(error.filename or ""),
            hint="nothing was changed; without an undo nothing is installed or removed",
        ) from error


def refuse_left(place: TreePlace, said: str) -> None:
    """Raise ``SnapshotError`` if a snapshot's directory still exists and should not."""
    with contextlib.suppress(OSError, DistrorocksError), Beneath("/") as below:
        if below.status(place.undo) is None:
            return
    raise LeftError(
        f"{said}; but {place.undo} could not be removed",
        hint="`distrorocks install --recover=keep` removes it, and changes nothing else",
    )


def left_over(layout: Layout) -> Snapshot | None:
    """Return the snapshot that a killed run left, or None; the caller holds the tree's lock.

    Raise ``MisfitError`` for a snapshot of another tree, or one that another user could have made.
    """
    place = tree_place(layout)
    try:
        with Beneath("/") as below, KeptFiles(below, place.undo) as kept:
            record = _believed(below, place, kept)
            if record is None:
                kept.discard(below)
                unmake(below, [each for each in ways(place) if is_plain(below, each)])
                return None
            text = kept.session()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise MisfitError(place.undo, error.strerror or str(error)) from error
    if record.process != os.getpid() and _is_at_work(record):
        raise SnapshotError(
            f"process {record.process} is working on {layout.root}", hint="wait for it to end"
        )
    return Snapshot(place, record, Session.parse(text) if text else None)


def _believed(below: Beneath, place: TreePlace, kept: KeptFiles) -> Record | None:
    """Return the record of a snapshot if it matches the tree, or None if it has none."""
    text = kept.record()
    if text is None:
        return None
    try:
        record = read_record(text, place)
        refuse_misfit(record, place, below, kept)
    except MisfitError:
        raise
    except DistrorocksError as error:
        raise MisfitError(place.undo, error.brief) from error
    return record


def _is_at_work(record: Record) -> bool:
    """Return whether the process that made a snapshot is alive, not just one with its id."""
    if record.boot != boot_id():
        return False
    return is_running(record.process) and started(record.process) == record.began


def _taken(below: Beneath, place: TreePlace, made_above: int) -> Snapshot:
    """Take the snapshot of a tree, or leave nothing."""
    ways = tuple(ways_of(below, place))
    missing = tuple((name, _missing_levels(below, place, name)) for name, _ in place.tops)
    made = below.make_directories(place.undo.rpartition("/")[0] or "/", 0o755 & ~umask())
    try:
        below.make_directory(place.undo, 0o700)
        with KeptFiles(below, place.undo) as kept:
            try:
                entries = [
                    _kept(entry, below, place, kept, str(number))
                    for number, entry in enumerate(entries_below(below, place))
                ]
                record = Record(
                    os.getpid(),
                    started(os.getpid()),
                    boot_id(),
                    os.geteuid(),
                    place.lua_version,
                    tuple(places_of(place, below, kept)),
                    missing,
                    made_above,
                    ways,
                    tuple(entries),
                )
                kept.write_record(record_text(record))
            except BaseException:
                kept.discard(below)
                raise
    except BaseException:
        unmake(below, made)
        raise
    return Snapshot(place, record)


def _missing_levels(below: Beneath, place: TreePlace, top: str) -> int:
    """Return how many directories of a top's path do not exist, including the top itself."""
    most = place.levels(top)
    above = place.above(top, most)
    return next((number for number, path in enumerate(reversed(above)) if below.status(path)), most)


def _kept(entry: Entry, below: Beneath, place: TreePlace, kept: KeptFiles, number: str) -> Entry:
    """Return an entry with what is needed to restore it.

    A command gets a hard link as well, so that its inode is not reused meanwhile: a moved file is
    recognized by it.
    """
    path = place.path(entry.top, entry.name)
    if entry.kind == LINK:
        return entry._replace(said=below.target(path))
    if entry.kind != FILE:
        return entry
    above, _, name = path.rpartition("/")
    if entry.size > _COPIED:
        linked = kept.link(below.directory(above), name, number)
        if linked:  # which has changed the inode's ctime
            return _file(entry, linked)
    elif f"{path}/".startswith(f"{place.commands}/"):
        kept.link(below.directory(above), name, f"{number}-held")
    with below.file(path) as file:
        now = _file(entry, os.fstat(file))
        return now._replace(said=kept.copy(file, number))


def _file(entry: Entry, status: os.stat_result) -> Entry:
    """Return the entry of a file as it is now; raise if it is not a file any more."""
    now = entry_of(entry.top, entry.name, status)
    if now.kind != FILE:
        raise SnapshotError(f"{entry.name} is being changed by another program")
    return now
