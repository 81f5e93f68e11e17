"""Restoring a tree from a snapshot, byte for byte; restoring twice gives the same tree.

New paths are removed; lost and changed ones are restored with mode, owner and time. In the
directory of commands, which other programs use too, only commands of removed rocks are removed. No
link is followed, and paths come only from the configuration and the tree.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.atomic_file import temporary_name
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.trust import outsider
from distrorocks.system.trees.kept_files import KeptFiles, give_owner
from distrorocks.system.trees.made_directories import unmake
from distrorocks.system.trees.snapshot import Snapshot, refuse_left
from distrorocks.system.trees.snapshot_places import refuse_misfit
from distrorocks.system.trees.snapshot_record import (
    DIRECTORY,
    FILE,
    OTHER,
    WAY,
    Entry,
    SnapshotError,
    entries_below,
)
from distrorocks.system.trees.tree_place import ROCKS, TRIAL

"""The file that LuaRocks creates to test whether a directory is writable."""

_WRAPPER_LIMIT = 1 << 16
_SPECIAL = stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX


def restore(snapshot: Snapshot) -> None:
    """Restore the tree; raise ``SnapshotError`` with every path that could not be restored.

    The snapshot is removed afterwards, but kept if it raises.
    """
    place, record = snapshot.place, snapshot.record
    try:
        with Beneath("/") as below, KeptFiles(below, place.undo) as kept:
            refuse_misfit(record, place, below, kept)
            faults = _Restorer(snapshot, below, kept).restore()
            if not faults:
                kept.discard(below)
                gone = (place.above(top, levels) for top, levels in record.missing)
                unmake(below, {path for paths in gone for path in paths})
                refuse_left(place, f"{place.root} was restored")
    except OSError as error:
        raise SnapshotError(
            f"{place.root} could not be restored: {error.strerror}",
            hint=f"the original is kept in {place.undo}",
        ) from error
    if faults:
        raise SnapshotError(
            f"{len(faults)} paths could not be restored",
            detail="\n".join(f"  {each}" for each in faults[:20]),
            hint=f"the originals are kept in {place.undo}",
        )


class _Restorer:
    """The restoration of one tree; ``_faults`` are the paths that could not be restored."""

    def __init__(self, snapshot: Snapshot, below: Beneath, kept: KeptFiles) -> None:
        self._place = snapshot.place
        self._entries = snapshot.record.entries
        self._ways = snapshot.record.ways
        self._below = below
        self._kept = kept
        self._before = {self._path(entry): entry for entry in self._entries}
        self._swept: set[str] = set()
        self._faults: list[str] = []

    def restore(self) -> list[str]:
        """Restore what changed; return the paths that could not be, with reasons."""
        now = {self._path(entry): entry for entry in entries_below(self._below, self._place)}
        self._remove_new(now)
        for way in self._ways:
            with self._noted(way):
                self._put_back(way, "")
        for number, entry in enumerate(self._entries):
            with self._noted(entry):
                self._put_back(entry, str(number))
        for entry in reversed([*self._ways, *self._entries]):
            if entry.kind == DIRECTORY:
                with self._noted(entry):
                    self._settle(entry)
        return self._faults

    def _path(self, entry: Entry) -> str:
        if entry.top == WAY:
            return self._place.way(entry.name)
        return self._place.path(entry.top, entry.name)

    @contextlib.contextmanager
    def _noted(self, entry: Entry) -> Iterator[None]:
        """Record an error with a path, and continue."""
        try:
            yield
        except OSError as error:
            self._faults.append(f"{self._path(entry)}: {error.strerror}")
        except DistrorocksError as error:
            self._faults.append(f"{self._path(entry)}: {error.brief}")

    def _remove_new(self, now: dict[str, Entry]) -> None:
        """Remove paths that are new or were of another kind, deepest first."""
        commands = self._place.commands
        own = self._own_commands(now)
        for path in sorted(now, reverse=True):
            entry = now[path]
            old = self._before.get(path)
            if old is not None and old.kind == entry.kind:
                continue
            is_command = path.startswith(f"{commands}/")
            if is_command and entry.kind != DIRECTORY and path not in own:
                continue
            is_shared = is_command or path == commands
            with self._noted(entry):
                self._remove(path, entry, is_shared=is_shared)
        for trial in self._place.trials():
            try:
                self._below.remove_file(trial)
            except FileNotFoundError:
                continue
            except (OSError, DistrorocksError) as error:
                self._faults.append(f"{trial}: {error}")

    def _remove(self, path: str, entry: Entry, *, is_shared: bool) -> None:
        """Remove a path; a directory of commands stays if other programs have files in it."""
        if entry.kind != DIRECTORY:
            self._below.remove_file(path)
            return
        with contextlib.suppress(*(OSError,) if is_shared else ()):
            self._below.remove_directory(path)

    def _own_commands(self, now: dict[str, Entry]) -> set[str]:
        """Return the new commands that LuaRocks created: those of new rocks, or moved files.

        A command that another rock has already is installed as ``name_1_0_1-command``; a file of no
        rock is moved to ``command~``. A killed LuaRocks leaves its test file, a full disk an empty
        wrapper.
        """
        directory = self._place.commands
        names = {TRIAL}
        for path, entry in now.items():
            above, slash, name = path.rpartition("/bin/")
            is_new = path not in self._before and entry.kind != DIRECTORY
            if slash and is_new and f"{above}/bin" != directory:
                names.add(name)
        inside = f"{directory}/"
        before = self._before.items()
        inodes = {entry.inode for path, entry in before if path.startswith(inside)}
        own = set()
        for path, entry in now.items():
            if path.startswith(inside) and path not in self._before:
                name = path.removeprefix(inside)
                is_named = name in names or name.partition("-")[2] in names
                is_empty = entry.kind == FILE and entry.size == 0
                if is_named or is_empty or entry.inode in inodes or self._is_wrapper(path, entry):
                    own.add(path)
        return own

    def _is_wrapper(self, path: str, entry: Entry) -> bool:
        """Return whether a new command wraps one of a rock of this tree, even a removed one."""
        rocks = dict(self._place.tops).get(ROCKS)
        if rocks is None or entry.kind != FILE or entry.size > _WRAPPER_LIMIT:
            return False
        with contextlib.suppress(OSError, DistrorocksError):
            return f"'{rocks}/".encode() in self._below.read(path, _WRAPPER_LIMIT)
        return False

    def _put_back(self, entry: Entry, number: str) -> None:
        """Restore one path, unless it is unchanged."""
        path = self._path(entry)
        status = self._below.status(path)
        if entry.kind == DIRECTORY:
            if status is None:
                self._make_directory(path, entry)
            return
        if status is not None and entry.is_now(status):
            return
        if entry.kind == OTHER:
            if status is None:
                raise SnapshotError("it was neither a file nor a link, and is gone")
            return
        above, _, name = path.rpartition("/")
        if above not in self._swept:
            self._below.sweep(above)
            self._swept.add(above)
        beside = f"{above}/{temporary_name(name)}"
        try:
            self._make(entry, number, beside)
            self._below.rename(beside, path)
        finally:
            with contextlib.suppress(OSError, DistrorocksError):
                self._below.remove_file(beside)  # rename(2) keeps it if both are the same file

    def _make_directory(self, path: str, entry: Entry) -> None:
        """Create a lost directory; a top directory outside the root may lack parents."""
        if not entry.name:
            self._below.make_directories(path.rpartition("/")[0])
        self._below.make_directory(path, 0o700)

    def _make(self, entry: Entry, number: str, beside: str) -> None:
        """Recreate a link or a file under a temporary name."""
        above, _, name = beside.rpartition("/")
        is_trusted = self._is_trusted(above)
        if entry.kind == FILE:
            self._kept.ready(number, entry, is_owner_given=is_trusted)
            self._kept.place(number, self._below.directory(above), name, entry)
            return
        self._below.symlink(entry.said, beside)
        directory = self._below.directory(above)
        if is_trusted and os.geteuid() == 0:
            os.chown(name, entry.owner, entry.group, dir_fd=directory, follow_symlinks=False)
        times = entry.modified, entry.modified
        os.utime(name, ns=times, dir_fd=directory, follow_symlinks=False)

    def _settle(self, entry: Entry) -> None:
        """Set the mode, owner and time of a directory once its content is final.

        Directories between the root and the tops keep their time: other programs use them too.
        Changes that only the owner can make are skipped for others, who cannot have undone them
        either.
        """
        path = self._path(entry)
        above = path.rpartition("/")[0]
        is_owner_given = self._is_trusted(above) and self._is_trusted(path)
        with self._below.opened(path) as directory:
            status = os.fstat(directory)
            if os.geteuid() not in (0, status.st_uid):
                return
            give_owner(directory, entry, is_owner_given=is_owner_given)
            mode = entry.mode & ~_SPECIAL | entry.mode & status.st_mode & _SPECIAL
            if stat.S_IMODE(status.st_mode) != mode:
                os.fchmod(directory, mode)
            if entry.top != WAY and status.st_mtime_ns != entry.modified:
                os.utime(directory, ns=(entry.modified, entry.modified))

    def _is_trusted(self, directory: str) -> bool:
        """Return whether nobody else can replace files in a directory."""
        handle = self._below.directory(directory)
        return not outsider(os.fstat(handle), f"/proc/self/fd/{handle}")
