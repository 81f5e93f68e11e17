"""Directories that a run creates for a tree, and removes again if they stay empty."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.atomic_file import WriteError
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.bounded_file import read_bounded
from distrorocks.system.processes.interruption import deferred
from distrorocks.system.trees.tree_place import TreePlace, resolved, tree_place
from distrorocks.trees.layout import Layout


@contextlib.contextmanager
def made_directories(path: str) -> Iterator[list[str]]:
    """Create a directory and its parents; at the end of the block remove those that are empty.

    Yield the directories that were created.
    """
    made: list[str] = []
    try:
        with deferred():  # else they could be created and never removed
            made = _made(path)
        yield made
    finally:
        with Beneath("/") as below:
            unmake(below, made)


def _made(path: str) -> list[str]:
    try:
        with Beneath("/") as below:
            return below.make_directories(resolved(path), 0o755 & ~umask())
    except OSError as error:
        raise WriteError(
            f"cannot make {path}: {error.strerror}",
            hint="run it as who may, or name another tree with --local or --tree",
        ) from error


def clear_away(layout: Layout) -> None:
    """Remove the empty directories that a run made for a tree before it was killed.

    Nobody holds the tree's lock. Directories with the owner and mode that this program gives them
    are removed.
    """
    with contextlib.suppress(OSError, DistrorocksError), Beneath("/") as below:
        place = tree_place(layout)
        paths = [place.root, *ways(place)]
        unmake(below, [path for path in paths if is_plain(below, path)])


def ways(place: TreePlace) -> list[str]:
    """Return the directories between a tree's root and its top directories."""
    return [place.way(name) for name in place.ways()]


def is_plain(below: Beneath, path: str) -> bool:
    """Return whether a directory is ours, with the mode of new directories."""
    status = below.status(path)
    mode = 0o755 & ~umask()
    return status is not None and (status.st_uid, status.st_mode & 0o777) == (os.geteuid(), mode)


def unmake(below: Beneath, directories: Iterable[str]) -> None:
    """Remove the empty ones of these directories, deepest first."""
    for path in sorted(directories, key=len, reverse=True):
        with contextlib.suppress(OSError, DistrorocksError):
            below.remove_directory(path)


def umask() -> int:
    """Return the umask of this process, without setting it: other threads may create files."""
    for line in read_bounded("/proc/self/status", 1 << 16).splitlines():  # proc(5)
        if line.startswith(b"Umask:"):
            return int(line.split()[1], 8)
    return 0o022
