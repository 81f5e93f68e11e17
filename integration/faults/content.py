"""What stands below a directory, to the byte, and how two such states differ."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from typing import NamedTuple

from distrorocks.system.trees.cache_file import NAME

Content = dict[str, tuple[str, bytes, int]]
"""Path to mode, bytes (or target), and time of a file; of directories the time is left out."""

_TEMPORARY = (".distrorocks-", ".tmpluarocks", "lockfile.lfs")


class Difference(NamedTuple):
    """Paths that are there and should not be, that are missing, and that are otherwise."""

    more: list[str]
    less: list[str]
    other: list[str]

    def __bool__(self) -> bool:
        return bool(self.more or self.less or self.other)

    @property
    def kind(self) -> str:
        """Whether all that is wrong is that temporary names are there."""
        strays = [path for path in self.more if is_temporary(path)]
        is_all = strays == self.more and not self.less and not self.other
        return "stray" if is_all else "differs"

    def __str__(self) -> str:
        strays = [path for path in self.more if is_temporary(path)]
        parts = [
            ("stray", strays),
            ("too many", [path for path in self.more if path not in strays]),
            ("missing", self.less),
            ("changed", self.other),
        ]
        return "; ".join(f"{len(paths)} {what} ({paths[0]})" for what, paths in parts if paths)


def content(top: Path, *, with_times: bool = False) -> Content:
    """Return every path below a directory, the directory's own as ""; nothing where it is not."""
    found: Content = {}
    if os.path.lexists(top):
        _look(str(top), "", found, with_times=with_times)
    return found


def without_cache(held: Content) -> Content:
    """Return a state without what a hook's cache holds, which differs with every inode.

    How many pieces it has is left out too: it does not keep files that were written just now, so
    that is a matter of seconds.
    """
    names = {path: path.rpartition("/")[2] for path in held}
    return {
        path: ("", b"", 0) if names[path] == NAME else what
        for path, what in held.items()
        if not names[path].startswith(f"{NAME}-")
    }


def _look(path: str, name: str, found: Content, *, with_times: bool) -> None:
    status = os.lstat(path)
    mode = status.st_mode
    when = status.st_mtime_ns if with_times and not stat.S_ISDIR(mode) else 0
    held = b""
    if stat.S_ISREG(mode):
        with open(path, "rb") as file:
            held = file.read()
    elif stat.S_ISLNK(mode):
        held = os.fsencode(os.readlink(path))
    found[name] = (f"{mode:o}", held, when)
    if stat.S_ISDIR(mode):
        for each in os.listdir(path):
            _look(f"{path}/{each}", f"{name}/{each}", found, with_times=with_times)


def is_directory(held: tuple[str, bytes, int]) -> bool:
    """Return whether a path of a state is a directory."""
    return stat.S_ISDIR(int(held[0], 8))


def difference(now: Content, wanted: Content) -> Difference:
    """Return how a state differs from the one that is wanted."""
    return Difference(
        sorted(now.keys() - wanted.keys()),
        sorted(wanted.keys() - now.keys()),
        sorted(path for path in now.keys() & wanted.keys() if now[path] != wanted[path]),
    )


def is_temporary(path: str) -> bool:
    """Return whether a name is one that only a run at work may leave, for its next one."""
    name = path.rpartition("/")[2]
    return name.startswith(_TEMPORARY) or name.endswith("~")


def renew(place: Path, template: Path) -> None:
    """Make ``place`` a copy of ``template``, times and modes and all; nothing where it is not."""
    shutil.rmtree(place, ignore_errors=True)
    if template.exists():
        shutil.copytree(template, place, symlinks=True)


def without_temporary(held: Content) -> Content:
    """Return a state without what a run at work may leave for its next one."""
    return {path: what for path, what in held.items() if not is_temporary(path)}
