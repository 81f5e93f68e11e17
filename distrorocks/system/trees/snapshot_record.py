"""The record of a snapshot: each path of a tree as it was before any change."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.trees.tree_place import UNDO, TreePlace

FORMAT = 3
DIRECTORY, FILE, LINK, OTHER = "directory", "file", "link", "other"
FILE_MODE = 0o777
"""The restored bits of a mode: nothing is ever made set-user-id, set-group-id or sticky."""

WAY = "root"
"""The ``top`` in the entry of a directory between the root and a top."""

_DEEPEST = 100


class SnapshotError(DistrorocksError):
    """A snapshot cannot be taken or restored."""


class Entry(NamedTuple):
    """One path: ``name`` is relative to the top directory called ``top``, "" for the top itself.

    ``said`` is a link's target, or the digest of a file's copy, "" where the file is linked.
    """

    top: str
    name: str
    kind: str
    mode: int
    owner: int
    group: int
    modified: int
    changed: int
    inode: int
    size: int
    said: str = ""

    def is_now(self, status: os.stat_result) -> bool:
        """Return whether the path is unchanged since, by its ctime."""
        return (self.inode, self.changed) == (status.st_ino, status.st_ctime_ns)


class Identity(NamedTuple):
    """A directory that the snapshot covers; device and inode are 0 if it did not exist."""

    name: str
    path: str
    device: int
    inode: int


class Record(NamedTuple):
    """The process ``process``, begun at ``began`` of the boot ``boot``, made it as ``user``.

    ``places`` are the tree's root, the tops, and the directory of the snapshot itself: they
    identify the tree. ``missing`` gives for each top how many levels did not exist, and ``made``
    how many directories, the root and its parents, the run has created for the tree. ``ways`` are
    the directories between the root and the tops, relative to the root.
    """

    process: int
    began: str
    boot: str
    user: int
    lua_version: str
    places: tuple[Identity, ...]
    missing: tuple[tuple[str, int], ...]
    made: int
    ways: tuple[Entry, ...]
    entries: tuple[Entry, ...]


def entries_below(below: Beneath, place: TreePlace) -> Iterator[Entry]:
    """Yield every path of a tree's tops, the tops first, without following links."""
    for top, _ in place.tops:
        pending = [""]
        while pending:
            name = pending.pop()
            path = place.path(top, name)
            status = below.status(path)
            if status is None:
                continue  # other programs add and remove commands, too
            yield entry_of(top, name, status)
            if stat.S_ISDIR(status.st_mode):
                if name.count("/") > _DEEPEST:
                    raise SnapshotError(f"{path} has more than {_DEEPEST} nested directories")
                inside = reversed(_listed(below, path))
                above = f"{name}/" if name else ""
                pending += [f"{above}{each}" for each in inside if not each.startswith(UNDO)]


def ways_of(below: Beneath, place: TreePlace) -> Iterator[Entry]:
    """Yield the existing directories between a tree's root and its tops, topmost first."""
    for name in place.ways():
        status = below.status(place.way(name))
        if status is not None and stat.S_ISDIR(status.st_mode):
            yield entry_of(WAY, name, status)


def entry_of(top: str, name: str, status: os.stat_result) -> Entry:
    """Return the entry of a path, without a link's target or a file's digest."""
    kind = _kind(status.st_mode)
    mode = stat.S_IMODE(status.st_mode)
    return Entry(
        top,
        name,
        kind,
        mode if kind == DIRECTORY else mode & FILE_MODE,
        status.st_uid,
        status.st_gid,
        status.st_mtime_ns,
        status.st_ctime_ns,
        status.st_ino,
        status.st_size,
    )


def _listed(below: Beneath, path: str) -> list[str]:
    try:
        return below.names(path)
    except OSError as error:
        raise SnapshotError(f"cannot list {path}: {error.strerror}") from error


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return DIRECTORY
    if stat.S_ISLNK(mode):
        return LINK
    return FILE if stat.S_ISREG(mode) else OTHER
