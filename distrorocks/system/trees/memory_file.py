"""A memory on disk, below /var/cache/distrorocks of a root: it saves time, and is never trusted.

It is used only if its checksum holds, it belongs to whom the code belongs to, and it was made by
the same code on the same ground: the same options, names and distribution.
"""

from __future__ import annotations

import marshal
import os
import stat
import sys
from hashlib import md5
from typing import Any

from distrorocks import __version__
from distrorocks.errors import DistrorocksError
from distrorocks.memory import Memory
from distrorocks.system.files.atomic_file import remove_files, write_atomically
from distrorocks.system.files.root_path import RootView
from distrorocks.system.files.shipped_files import PACKAGE
from distrorocks.system.lua.file import read_bounded

DIRECTORY = "/var/cache/distrorocks"
PATH = f"{DIRECTORY}/refresh.memory"
STAMP = f"{DIRECTORY}/hook.stamp"
_LIMIT = 512 * 1024 * 1024
_SUM = 16
_OPEN_TO_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def recall(root: str, ground: tuple[Any, ...]) -> Memory:
    """Return what an earlier run on the same ground left, an empty memory for anything else."""
    path = RootView(root).host_path(PATH)
    try:
        status = os.lstat(path)
        if status.st_uid not in (0, os.geteuid()) or status.st_mode & _OPEN_TO_OTHERS:
            return Memory()
        content = read_bounded(path, _LIMIT)
        if md5(content[_SUM:]).digest() != content[:_SUM]:
            return Memory()
        found, known = marshal.loads(content[_SUM:])  # noqa: S302 - whole, and our own
    except (OSError, DistrorocksError, ValueError, EOFError, TypeError):
        return Memory()
    return Memory(known) if found == _whole(ground) else Memory()


def remember(root: str, ground: tuple[Any, ...], memory: Memory) -> None:
    """Keep a memory for the next run, if it says anything new; nothing is lost where it cannot.

    An empty stamp tells the hook that the work was done: it may note there what it stands on.
    """
    view = RootView(root)
    path = view.host_path(PATH)
    try:
        os.makedirs(view.host_path(DIRECTORY), mode=0o755, exist_ok=True)
        if memory.is_new or not os.path.exists(path):
            content = marshal.dumps((_whole(ground), memory.known))
            write_atomically(path, md5(content).digest() + content, is_forced=False)
        write_atomically(view.host_path(STAMP), b"", is_forced=False)
    except (OSError, ValueError, DistrorocksError):
        forget(root)


def forget(root: str) -> None:
    """Leave nothing for the next run: what follows may end half done."""
    view = RootView(root)
    try:
        remove_files(map(view.host_path, (STAMP, PATH)))
        os.rmdir(view.host_path(DIRECTORY))
    except (OSError, DistrorocksError):
        return


def _whole(ground: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the ground together with the code that stands on it."""
    return (__version__, sys.version, _code(), ground)


def _code() -> tuple[int, int]:
    """Return how many files the code has, and the time of the newest."""
    times = [
        os.stat(f"{directory}/{name}").st_mtime_ns
        for directory, folders, names in os.walk(PACKAGE)
        for name in names
        if name.endswith((".py", ".toml", ".tsv"))
    ]
    return len(times), max(times)
