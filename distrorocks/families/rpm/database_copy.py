"""A private copy of another root's RPM database.

rpm follows links in place of the database and its files, which could lead out of the root, and
SQLite creates files beside the database even if it only reads. So rpm gets a copy, in a temporary
directory, of the regular files that were opened below the root without following a link.
"""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.bounded_file import open_regular
from distrorocks.system.files.cache import Signature, signature_of
from distrorocks.system.files.scratch import ScratchDirectory

MOST_COPIED = 4 << 30
"""Bytes of a database: that of a workstation with 3,000 packages has 400 MB."""

_MOST_FILES = 100  # Berkeley DB has some 20, one for each index
_PART = 1 << 20


@contextmanager
def copied_database(root: str, directory: str) -> Iterator[str]:
    """Copy the database in ``directory``, a path in ``root`` without links, for the block.

    Yield the directory of the copy. Raise ``DistrorocksError`` if a file of it is a link or not
    regular, if all are too large, or if they change meanwhile.
    """
    with ScratchDirectory() as scratch:
        copy = scratch.path
        try:
            with Beneath(root) as below:
                before = _files(below, directory)
                for name in before:
                    _copy(below, f"{directory}/{name}", f"{copy}/{name}")
                if _files(below, directory) != before:
                    raise DistrorocksError(
                        f"the RPM database {below.shown(directory)} changes while it is read",
                        hint="wait until rpm has ended there, and try again",
                    )
        except OSError as error:
            shown = f"{root.rstrip('/')}{directory}"
            raise DistrorocksError(
                f"the RPM database {shown} cannot be read", detail=error.strerror or str(error)
            ) from error
        yield copy


def _files(below: Beneath, directory: str) -> dict[str, Signature]:
    """Return the names and signatures of a database's files; locks and shared memory are none."""
    found: dict[str, Signature] = {}
    left = MOST_COPIED
    for name in below.names(directory):
        if name.startswith((".", "__db.")) or name.endswith("-shm"):
            continue
        path = f"{directory}/{name}"
        status = below.status(path)
        if status is None or stat.S_ISDIR(status.st_mode):
            continue
        if not stat.S_ISREG(status.st_mode):
            kind = "a link" if stat.S_ISLNK(status.st_mode) else "not a regular file"
            raise DistrorocksError(
                f"the RPM database is not read: {below.shown(path)} is {kind}",
                hint="put the file itself there",
            )
        left -= status.st_size
        if left < 0 or len(found) == _MOST_FILES:
            raise DistrorocksError(
                f"the RPM database {below.shown(directory)} is not read: it has more than "
                f"{MOST_COPIED >> 30} GiB or {_MOST_FILES} files",
                hint="no RPM database is so large; find out what created these files",
            )
        found[name] = signature_of(status)
    return found


def _copy(below: Beneath, path: str, target: str) -> None:
    """Copy a regular file of at most ``MOST_COPIED`` bytes."""
    above, _, name = path.rpartition("/")
    handle, shown = below.directory(above), below.shown(path)
    with (
        open_regular(name, MOST_COPIED, directory=handle, shown=shown) as file,
        open(target, "xb") as copy,
    ):
        shutil.copyfileobj(file, copy, _PART)
