"""A tree put back as a snapshot has it, to the byte; done twice it is the same.

New paths go, lost and changed ones come back with their mode, owner and time. Among commands,
which other programs install too, only those go that belong to a rock that goes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from distrorocks.system.trees.snapshot import Snapshot, kept_file, unmake
from distrorocks.system.trees.snapshot_record import (
    DIRECTORY,
    LINK,
    OTHER,
    Entry,
    SnapshotError,
    entries_below,
)

_BESIDE = ".distrorocks-restored-"


def restore(snapshot: Snapshot) -> None:
    """Make the tree what it was; raise ``SnapshotError`` with all that could not be put back.

    Then the snapshot stays where it is; else it is gone afterwards.
    """
    record = snapshot.record
    before = {entry.path: entry for entry in record.entries}
    now = {entry.path: entry for entry in entries_below(record.tops)}
    faults: list[str] = []
    _remove_new(snapshot, before, now, faults)
    for entry in record.entries:
        try:
            _put_back(snapshot, entry)
        except OSError as error:
            faults.append(f"{entry.path}: {error.strerror}")
        except SnapshotError as error:
            faults.append(f"{entry.path}: {error.brief}")
    for entry in reversed(record.entries):
        if entry.kind == DIRECTORY:
            _settle(entry, faults)
    if faults:
        raise SnapshotError(
            f"{len(faults)} paths could not be put back as they were",
            detail="\n".join(f"  {each}" for each in faults[:20]),
            hint=f"what they were is kept in {snapshot.directory}",
        )
    snapshot.discard()
    unmake(record.missing)


def _remove_new(
    snapshot: Snapshot, before: dict[str, Entry], now: dict[str, Entry], faults: list[str]
) -> None:
    """Remove what was not there, or was of another kind; what is deepest goes first."""
    own = _own_commands(snapshot, before, now)
    for path in sorted(now, reverse=True):
        entry = now[path]
        old = before.get(path)
        if old is not None and old.kind == entry.kind:
            continue
        is_command = path.startswith(f"{snapshot.record.commands}/")
        if is_command and entry.kind != DIRECTORY and path not in own:
            continue
        try:
            os.rmdir(path) if entry.kind == DIRECTORY else os.unlink(path)
        except OSError as error:
            is_shared = is_command or path == snapshot.record.commands
            if not (entry.kind == DIRECTORY and is_shared):
                faults.append(f"{path}: {error.strerror}")


def _own_commands(snapshot: Snapshot, before: dict[str, Entry], now: dict[str, Entry]) -> set[str]:
    """Return the new commands that LuaRocks put there: those of new rocks, or moved files.

    A command that another rock has already is installed as ``name_1_0_1-command``; a file that
    is nobody's is moved to ``command~``.
    """
    directory = snapshot.record.commands
    names = set()
    for path, entry in now.items():
        above, slash, name = path.rpartition("/bin/")
        is_new = path not in before and entry.kind != DIRECTORY
        if slash and is_new and f"{above}/bin" != directory:
            names.add(name)
    inside = f"{directory}/"
    inodes = {entry.inode for entry in before.values() if entry.path.startswith(inside)}
    own = set()
    for path, entry in now.items():
        if path.startswith(inside) and path not in before:
            name = path.removeprefix(inside)
            if entry.inode in inodes or name in names or name.partition("-")[2] in names:
                own.add(path)
    return own


def _put_back(snapshot: Snapshot, entry: Entry) -> None:
    """Put back one path, unless nothing touched it."""
    try:
        status = os.lstat(entry.path)
    except FileNotFoundError:
        status = None
    if entry.kind == DIRECTORY:
        if status is None:
            os.mkdir(entry.path, 0o700)
        return
    if status is not None and entry.is_now(status):
        return
    if entry.kind == OTHER:
        if status is None:
            raise SnapshotError("it was neither file nor link, and is gone")
        return
    beside = f"{os.path.dirname(entry.path)}/{_BESIDE}{os.getpid()}"
    _unlink([beside])
    if entry.kind == LINK:
        os.symlink(entry.kept, beside)
    else:
        _check(snapshot, entry)
        os.link(kept_file(snapshot, entry), beside)
    _give_owner(beside, entry)
    if entry.kind != LINK:
        os.chmod(beside, entry.mode)
    times = entry.modified, entry.modified
    os.utime(beside, ns=times, follow_symlinks=False)
    os.rename(beside, entry.path)
    _unlink([beside])  # rename leaves it where both are one file already


def _check(snapshot: Snapshot, entry: Entry) -> None:
    """Raise where the kept copy is not what was kept: a large file was written into."""
    status = os.lstat(kept_file(snapshot, entry))
    if (status.st_size, status.st_mtime_ns) != (entry.size, entry.modified):
        raise SnapshotError("it was written into, and is too large to have been copied")


def _settle(entry: Entry, faults: list[str]) -> None:
    """Give a directory its mode, owner and time, now that nothing in it changes any more."""
    try:
        status = os.lstat(entry.path)
        if (status.st_uid, status.st_gid) != (entry.owner, entry.group):
            os.chown(entry.path, entry.owner, entry.group)
        if status.st_mode & 0o7777 != entry.mode:
            os.chmod(entry.path, entry.mode)
        if status.st_mtime_ns != entry.modified:
            os.utime(entry.path, ns=(entry.modified, entry.modified))
    except OSError as error:
        faults.append(f"{entry.path}: {error.strerror}")


def _give_owner(path: str, entry: Entry) -> None:
    status = os.lstat(path)
    if (status.st_uid, status.st_gid) != (entry.owner, entry.group):
        os.lchown(path, entry.owner, entry.group)


def _unlink(paths: Iterable[str]) -> None:
    for path in paths:
        try:
            os.unlink(path)
        except FileNotFoundError:
            continue
