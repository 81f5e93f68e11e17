"""Folders that root hands over to the user of a sandbox, and takes back afterwards.

Only owners change, entry by entry from the handle of its directory: no link is followed. A file
with hard links outside of the folder is refused, since its owner would change there too. What is
taken back has no set-ID bits.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from distrorocks.rocks.quotation import quoted
from distrorocks.system.processes.interruption import uninterrupted
from distrorocks.system.sandbox.choice import SandboxError
from distrorocks.system.sandbox.confined import Identity
from distrorocks.values import NamedTuple

MOST_LEVELS = 200
"""Directories within each other in a folder that is handed over."""

MOST_ENTRIES = 1_000_000
"""Entries of a folder that is handed over."""

_ENTER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_ANY = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
_SET_ID = stat.S_ISUID | stat.S_ISGID
_HINT = "remove the folder"


class _Entry(NamedTuple):
    """An entry: its name in the open directory ``parent``, and its status."""

    parent: int
    name: str
    status: os.stat_result


@contextmanager
def handed_over(folder: str, identity: Identity) -> Iterator[None]:
    """Let the user of a sandbox own a folder during the block.

    It belongs to us again afterwards, whatever happened. Nothing is changed unless we are root. No
    process of that user may be left at the end of the block. Raise ``SandboxError`` if the folder
    is too deep or too large, or has a file with links outside; then it should be removed.
    """
    if not identity.is_changed:
        yield
        return
    ours = (os.geteuid(), os.getegid())
    try:
        change_owner(folder, ours, (identity.user, identity.group))
        yield
    finally:
        with uninterrupted():
            change_owner(folder, (identity.user, identity.group), ours)


def change_owner(folder: str, old: tuple[int, int], new: tuple[int, int]) -> None:
    """Give everything in a folder that has the owner ``old`` to ``new``; each is user and group."""
    try:
        top = os.open(folder, _ENTER)
        try:
            _change_all(top, folder, old, new)
        finally:
            os.close(top)
    except OSError as error:
        what = f"the owner of all in {folder} cannot be changed: {error.strerror}"
        raise SandboxError(what, hint=_HINT) from error


def _change_all(top: int, folder: str, old: tuple[int, int], new: tuple[int, int]) -> None:
    """Change the owner of all below an open directory, and then its own."""
    _refuse_outside_links(top, folder)
    for entry in _entries(top, folder, 0):
        if entry.status.st_uid == old[0]:
            _give(entry, new)
    if os.fstat(top).st_uid == old[0]:
        os.fchown(top, *new)
        os.fchmod(top, stat.S_IMODE(os.fstat(top).st_mode) & 0o777)


def _give(entry: _Entry, new: tuple[int, int]) -> None:
    """Change the owner of an entry, and take its set-ID bits away."""
    os.chown(entry.name, *new, dir_fd=entry.parent, follow_symlinks=False)
    mode = entry.status.st_mode
    if mode & _SET_ID and not stat.S_ISLNK(mode):
        opened = os.open(entry.name, _ANY, dir_fd=entry.parent)
        try:  # the handle of a socket or a device cannot be opened otherwise, nor given to fchmod
            os.chmod(f"/proc/self/fd/{opened}", stat.S_IMODE(mode) & 0o777)
        finally:
            os.close(opened)


def _entries(directory: int, shown: str, level: int) -> Iterator[_Entry]:
    """Yield everything below an open directory; a directory comes after its entries."""
    if level > MOST_LEVELS:
        raise SandboxError(
            f"{quoted(shown[:200])}... has more than {MOST_LEVELS} nested directories", hint=_HINT
        )
    for name in os.listdir(directory):
        status = os.stat(name, dir_fd=directory, follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode):
            below = os.open(name, _ENTER, dir_fd=directory)
            try:
                yield from _entries(below, f"{shown}/{name}", level + 1)
            finally:
                os.close(below)
        yield _Entry(directory, name, status)


def _refuse_outside_links(top: int, folder: str) -> None:
    """Raise ``SandboxError`` if a file has more hard links than the folder shows."""
    seen: Counter[tuple[int, int]] = Counter()
    links: dict[tuple[int, int], tuple[int, str]] = {}
    for count, entry in enumerate(_entries(top, folder, 0)):
        if count >= MOST_ENTRIES:
            raise SandboxError(f"{folder} has more than {MOST_ENTRIES} entries", hint=_HINT)
        status = entry.status
        if not stat.S_ISDIR(status.st_mode) and status.st_nlink > 1:
            file = (status.st_dev, status.st_ino)
            seen[file] += 1
            links[file] = (status.st_nlink, entry.name)
    for file, (number, name) in links.items():
        if seen[file] < number:
            raise SandboxError(
                f"{quoted(name)} in {folder} has a hard link outside of it, and is not handed over",
                hint=_HINT,
            )
