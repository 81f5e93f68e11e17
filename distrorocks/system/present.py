"""What stands at given places of a root just now."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from hashlib import md5

from distrorocks.system.lua_file import MANIFEST_LIMIT, LuaFileError, read_bounded
from distrorocks.system.root_path import RootView


def present_digests(view: RootView, paths: Iterable[str]) -> dict[str, str]:
    """Return the MD5 of each path where something is.

    Only a regular file has one; anything else there, a link too, has a text that no MD5 equals.
    """
    digests: dict[str, str] = {}
    for path in paths:
        place = view.host_path(path)
        try:
            status = os.lstat(place)
        except OSError:
            continue
        digests[path] = "no file"
        if stat.S_ISREG(status.st_mode):
            try:
                digests[path] = md5(read_bounded(place, MANIFEST_LIMIT)).hexdigest()
            except LuaFileError:
                digests[path] = "unreadable"
    return digests


def present_directories(view: RootView, files: Iterable[str]) -> set[str]:
    """Return the directories above ``files`` that are there."""
    found: set[str] = set()
    for path in files:
        above = path.rpartition("/")[0]
        while above and above not in found:
            if os.path.isdir(view.host_path(above)):
                found.add(above)
            above = above.rpartition("/")[0]
    return found
