"""The entries of a server's folder, as the directory shows them: no file is opened."""

from __future__ import annotations

import os
import stat
import time
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.cache import TICK, Signature, signature_of
from distrorocks.system.files.named_folder import NamedFolder

MOST_FILES = 200_000
"""Rock files and rockspecs in one folder."""

ENDINGS = (".rock", ".rockspec")


class FolderEntry(NamedTuple):
    """A file that is named like a rock, as the directory shows it.

    ``signature`` is () if the file has changed so recently that a later change may not show.
    """

    name: str
    signature: Signature
    is_link: bool


def list_folder(folder: NamedFolder) -> list[FolderEntry]:
    """Return the entries named like rocks, sorted; raise ``DistrorocksError`` for too many."""
    newest = time.time_ns() - TICK
    entries = []
    with folder.opened("") as handle, os.scandir(handle) as listed:
        for each in listed:
            if not each.name.endswith(ENDINGS):
                continue
            try:
                found = _entry(each, newest)
            except OSError:  # gone meanwhile, or a link that leads nowhere
                continue
            if found:
                entries.append(found)
            if len(entries) > MOST_FILES:
                raise DistrorocksError(
                    f"{folder.root} has more than {MOST_FILES} rock files",
                    hint="divide it into several servers; rocks_servers may list them all",
                )
    return sorted(entries)


def _entry(listed: os.DirEntry[str], newest: int) -> FolderEntry | None:
    """Return an entry if it is a regular file or a link to one."""
    status = listed.stat(follow_symlinks=False)
    signature = signature_of(status)
    changed = max(status.st_mtime_ns, status.st_ctime_ns)
    is_link = stat.S_ISLNK(status.st_mode)
    if is_link:
        status = listed.stat()
        signature += signature_of(status)
        changed = max(changed, status.st_mtime_ns, status.st_ctime_ns)
    if not stat.S_ISREG(status.st_mode):
        return None
    return FolderEntry(listed.name, signature if changed < newest else (), is_link)
