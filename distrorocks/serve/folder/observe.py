"""The entries of a server's folder, as the directory shows them: no file is opened."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from functools import partial

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.cache import TICK, signature_of
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.values import NamedTuple

MOST_FILES = 200_000
"""Rock files and rockspecs in one folder."""

ENDINGS = (".rock", ".rockspec")
_TYPE = stat.S_IFMT(0xFFFF)


class FolderEntry(NamedTuple):
    """A file that is named like a rock, as the directory shows it.

    ``signature`` are values that change when the file does, as text; "" if it has changed so
    recently that a later change may not show.
    """

    name: str
    signature: str
    is_link: bool


_made = partial(tuple.__new__, FolderEntry)
"""A tenth of the time of a call: there are many."""


def list_folder(folder: NamedFolder) -> list[FolderEntry]:
    """Return the entries named like rocks, unsorted; raise ``DistrorocksError`` for too many."""
    newest = time.time_ns() - TICK
    entries = []
    with folder.opened("") as handle, os.scandir(handle) as listed:
        for each in listed:
            name = each.name
            if not name.endswith(ENDINGS):
                continue
            try:
                status = each.stat(follow_symlinks=False)
                changed, size = status.st_ctime_ns, status.st_size
                signature = f"{status.st_mtime_ns} {changed} {size} {status.st_ino}"
                if status.st_mode & _TYPE == stat.S_IFREG:
                    if changed >= newest or status.st_mtime_ns >= newest:
                        signature = ""
                    entries.append(_made((name, signature, False)))
                elif status.st_mode & _TYPE == stat.S_IFLNK:
                    entries += _through_link(each, signature, newest)
            except OSError:  # gone meanwhile, or a link that leads nowhere
                continue
            if len(entries) > MOST_FILES:
                raise DistrorocksError(
                    f"{folder.root} has more than {MOST_FILES} rock files",
                    hint="divide it into several servers; rocks_servers may list them all",
                )
    return entries


def has_rocks(directory: str) -> bool | None:
    """Return whether a folder has a file that is named like a rock, None if there is no folder.

    What cannot be entered for another reason counts: whoever publishes it says why.
    """
    try:
        with (
            NamedFolder(directory) as folder,
            folder.opened("") as handle,
            os.scandir(handle) as listed,
        ):
            return any(each.name.endswith(ENDINGS) for each in listed)
    except FileReadError as error:
        return None if error.is_missing else True
    except (OSError, DistrorocksError):
        return True


def _through_link(listed: os.DirEntry[str], signature: str, newest: int) -> Iterator[FolderEntry]:
    """Yield the entry of a link if it leads to a regular file."""
    status, own = listed.stat(), listed.stat(follow_symlinks=False)
    if stat.S_ISREG(status.st_mode):
        times = (own.st_mtime_ns, own.st_ctime_ns, status.st_mtime_ns, status.st_ctime_ns)
        is_settled = max(times) < newest
        words = map(str, (signature, *signature_of(status)))
        yield FolderEntry(listed.name, " ".join(words) if is_settled else "", True)
