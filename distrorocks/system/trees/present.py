"""The files that are present at given paths of a root."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from functools import partial

from distrorocks.md5 import md5
from distrorocks.system.files.bounded_file import FileReadError, read_bounded
from distrorocks.system.files.cache import Cache, is_settled, signature_of
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.file import MANIFEST_LIMIT


def present_digests(
    view: RootView, paths: Iterable[str], cache: Cache | None = None
) -> dict[str, str]:
    """Return the MD5 of each path that exists.

    Anything but a regular file, including a link, gets a text that is no MD5. A file whose entry in
    ``cache`` is not stale is not read again.
    """
    digests: dict[str, str] = {}
    table = (cache or Cache()).table("present")
    for path in paths:
        found = view.entry(path)
        if found is None:
            continue
        place, status = view.host_path(found.path), found.status
        digests[path] = "no file"
        if stat.S_ISREG(status.st_mode):
            read = partial(_digest, place)
            if is_settled(status):
                digests[path] = table.of(path, signature_of(status), read)
            else:
                digests[path] = read()
    return digests


def _digest(place: str) -> str:
    try:
        return md5(read_bounded(place, MANIFEST_LIMIT)).hexdigest()
    except FileReadError:
        return "unreadable"


def present_directories(view: RootView, files: Iterable[str]) -> set[str]:
    """Return the parent directories of ``files`` that exist."""
    found: set[str] = set()
    for path in files:
        above = path.rpartition("/")[0]
        while above and above not in found:
            there = view.find(above)
            if there and stat.S_ISDIR(there.status.st_mode):
                found.add(above)
            above = above.rpartition("/")[0]
    return found
