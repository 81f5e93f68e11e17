"""A tree as it was before a run, kept beside it until the run has ended well.

It covers what LuaRocks touches: the tree's rocks, modules and commands of one Lua version. Small
files are copied, since a careless build may write into a file that is there; large ones are hard
links. The record is written last, so a snapshot without one means that nothing had begun.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from typing import NamedTuple

from distrorocks.system.files.atomic_file import write_atomically
from distrorocks.system.processes.process import is_running, started
from distrorocks.system.trees.snapshot_record import (
    FILE,
    LINK,
    PREFIX,
    Entry,
    Record,
    SnapshotError,
    entries_below,
)
from distrorocks.trees.layout import Layout

_COPIED = 1024 * 1024  # bytes; what is larger is linked
_RECORD = "record.json"


class Snapshot(NamedTuple):
    """A kept tree: the directory that holds it, and what it says."""

    directory: str
    record: Record

    def discard(self) -> None:
        """Forget the tree as it was; the record goes first."""
        _discard(self.directory)


def take(layout: Layout) -> Snapshot:
    """Keep a tree as it is now; the caller holds its lock. Raises ``SnapshotError``."""
    directory = snapshot_directory(layout)
    commands = f"{layout.root.rstrip('/')}/bin"
    tops = _tops([layout.rocks_dir, layout.lua_dir, layout.lib_dir, commands])
    missing = _missing([*tops, os.path.dirname(directory)])
    try:
        os.makedirs(os.path.dirname(directory), exist_ok=True)
        os.mkdir(directory, 0o700)
        entries = []
        for number, entry in enumerate(entries_below(tops)):
            is_command = entry.path.startswith(f"{os.path.realpath(commands)}/")
            entries.append(_kept(entry, directory, number, is_held=is_command))
        commands = os.path.realpath(commands)
        record = Record(
            os.getpid(), started(os.getpid()), tuple(tops), commands, tuple(missing), tuple(entries)
        )
        text = json.dumps(record.to_json()).encode()
        write_atomically(f"{directory}/{_RECORD}", text, mode=0o600)
    except OSError as error:
        _discard(directory)
        unmake(missing)
        raise SnapshotError(
            f"cannot keep {layout.root} as it is: {error.strerror}",
            detail=str(error.filename or ""),
            hint="nothing was changed; without a way back nothing is installed or removed",
        ) from error
    return Snapshot(directory, record)


def left_over(layout: Layout) -> Snapshot | None:
    """Return the snapshot that a killed run left, or None; the caller holds the tree's lock."""
    directory = snapshot_directory(layout)
    try:
        with open(f"{directory}/{_RECORD}", "rb") as file:
            record = Record.from_json(json.loads(file.read()))
    except FileNotFoundError:
        if os.path.isdir(directory):
            _discard(directory)
        return None
    except ValueError as error:
        raise SnapshotError(
            f"{directory}/{_RECORD} cannot be read",
            hint=f"look at the tree, then remove {directory}",
        ) from error
    if record.process != os.getpid() and _is_at_work(record):
        raise SnapshotError(
            f"process {record.process} is at work on {layout.root}", hint="wait for it to end"
        )
    return Snapshot(directory, record)


def snapshot_directory(layout: Layout) -> str:
    """Return where the snapshot of a tree is kept: on its file system, out of LuaRocks' sight."""
    return f"{os.path.dirname(layout.rocks_dir)}/{PREFIX}{layout.lua_version}"


def _is_at_work(record: Record) -> bool:
    """Tell whether the process that made a snapshot lives, and not just one of its number."""
    return is_running(record.process) and started(record.process) == record.began


def kept_file(snapshot: Snapshot, entry: Entry) -> str:
    """Return the path of a file's copy."""
    return f"{snapshot.directory}/{entry.kept}"


@contextlib.contextmanager
def made_directories(path: str) -> Iterator[None]:
    """Make a directory for the block; what was made for it and is empty at the end goes again."""
    missing = _missing([path])
    try:
        try:
            os.makedirs(path, exist_ok=True)
        except OSError as error:
            raise SnapshotError(
                f"cannot make {path}: {error.strerror}",
                hint="run it as who may, or name another tree with --local or --tree",
            ) from error
        yield
    finally:
        unmake(missing)


def unmake(missing: list[str] | tuple[str, ...]) -> None:
    """Remove directories that were not there, as far as nothing is in them."""
    for path in reversed(missing):
        try:
            os.rmdir(path)
        except OSError:
            continue


def _tops(directories: list[str]) -> list[str]:
    """Return where the directories really are, without those that stand in another."""
    real = sorted({os.path.realpath(each) for each in directories})
    return [each for each in real if not any(each.startswith(f"{other}/") for other in real)]


def _missing(directories: list[str]) -> list[str]:
    """Return those of these directories, and of what is above them, that are not there."""
    found: set[str] = set()
    for each in directories:
        while not os.path.lexists(each):
            found.add(each)
            each = os.path.dirname(each)
    return sorted(found)


def _kept(entry: Entry, directory: str, number: int, *, is_held: bool) -> Entry:
    """Return an entry with what is needed to put it back.

    What ``is_held`` has a link as well, so that its inode is nobody else's as long: by it a file
    is known that was moved.
    """
    if entry.kind == LINK:
        return entry._replace(kept=os.readlink(entry.path))
    if entry.kind != FILE:
        return entry
    name = str(number)
    place = f"{directory}/{name}"
    is_linked = False
    if entry.size > _COPIED or is_held:
        with contextlib.suppress(OSError):  # another file system, or another owner
            os.link(entry.path, place if entry.size > _COPIED else f"{place}-held")
            is_linked = True
    if not (is_linked and entry.size > _COPIED):
        shutil.copy2(entry.path, place, follow_symlinks=False)
    if is_linked:
        entry = entry._replace(changed=os.lstat(entry.path).st_ctime_ns)  # a link changes that
    return entry._replace(kept=name)


def _discard(directory: str) -> None:
    """Remove a snapshot, its record first: without it nothing is put back."""
    with contextlib.suppress(OSError):  # there may be none yet
        os.unlink(f"{directory}/{_RECORD}")
    shutil.rmtree(directory, ignore_errors=True)
