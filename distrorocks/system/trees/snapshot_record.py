"""What a snapshot says of each path of a tree, as it stood before anything was done to it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from distrorocks.errors import DistrorocksError

FORMAT = 1
PREFIX = ".distrorocks-undo-"
"""How the names of snapshots begin: they are no part of the tree that they keep."""

DIRECTORY, FILE, LINK, OTHER = "directory", "file", "link", "other"


class SnapshotError(DistrorocksError):
    """A tree cannot be kept for an undo, or not be put back."""


class Entry(NamedTuple):
    """One path below the tops. ``kept`` is the name of a file's copy, or a link's target."""

    path: str
    kind: str
    mode: int
    owner: int
    group: int
    modified: int
    changed: int
    inode: int
    size: int
    kept: str = ""

    def is_now(self, status: os.stat_result) -> bool:
        """Tell whether nothing touched the path since, as the kernel's own clock tells."""
        return (self.inode, self.changed) == (status.st_ino, status.st_ctime_ns)


class Record(NamedTuple):
    """``tops`` are the directories that were looked at, ``commands`` the one among them for bin.

    ``missing`` are directories that were not there, topmost first; ``process`` made the snapshot
    and ``began`` at that moment, as the kernel counts.
    """

    process: int
    began: str
    tops: tuple[str, ...]
    commands: str
    missing: tuple[str, ...]
    entries: tuple[Entry, ...]

    @classmethod
    def from_json(cls, value: Any) -> Record:
        """Return the record that a decoded JSON document is, or raise ``SnapshotError``."""
        try:
            if value["format"] != FORMAT:
                raise SnapshotError(f"the snapshot is not of format {FORMAT}")
            return cls(
                int(value["process"]),
                str(value["began"]),
                tuple(map(str, value["tops"])),
                str(value["commands"]),
                tuple(map(str, value["missing"])),
                tuple(Entry(*each) for each in value["entries"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise SnapshotError("the record of the snapshot is damaged") from error

    def to_json(self) -> dict[str, Any]:
        """Return the document that ``from_json`` reads."""
        return {"format": FORMAT, **self._asdict()}


def entries_below(tops: Sequence[str]) -> Iterator[Entry]:
    """Yield every path of these directories, they themselves first, links not followed."""
    for top in tops:
        try:
            status = os.lstat(top)
        except FileNotFoundError:
            continue
        yield _entry(top, status)
        for folder, folders, files in os.walk(top, onerror=_refused):
            folders[:] = sorted(name for name in folders if not name.startswith(PREFIX))
            for name in sorted([*folders, *files]):
                path = f"{folder}/{name}"
                try:
                    yield _entry(path, os.lstat(path))
                except FileNotFoundError:
                    continue  # commands come and go by other programs, too


def _refused(error: OSError) -> None:
    raise SnapshotError(f"cannot list {error.filename}: {error.strerror}") from error


def _entry(path: str, status: os.stat_result) -> Entry:
    return Entry(
        path,
        _kind(status.st_mode),
        stat.S_IMODE(status.st_mode),
        status.st_uid,
        status.st_gid,
        status.st_mtime_ns,
        status.st_ctime_ns,
        status.st_ino,
        status.st_size,
    )


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return DIRECTORY
    if stat.S_ISLNK(mode):
        return LINK
    return FILE if stat.S_ISREG(mode) else OTHER
