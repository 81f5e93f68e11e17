"""Directories that a run makes to have a tree, and that go again as far as they are empty."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.processes.interruption import deferred
from distrorocks.system.trees.snapshot_record import SnapshotError
from distrorocks.system.trees.tree_place import TreePlace, resolved, tree_place
from distrorocks.trees.layout import Layout


@contextlib.contextmanager
def made_directories(path: str) -> Iterator[list[str]]:
    """Make a directory for the block; what was made for it and is empty at the end goes again.

    It gives the directories that it has made.
    """
    made: list[str] = []
    try:
        with deferred():  # else they could be made, and nobody know of it
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
        raise SnapshotError(
            f"cannot make {path}: {error.strerror}",
            hint="run it as who may, or name another tree with --local or --tree",
        ) from error


def clear_away(layout: Layout, made: int | None) -> None:
    """Remove what a killed run has made to have a tree, as far as it is empty.

    The tree is undone, and nobody holds its lock. ``made`` is what its snapshot says, None for a
    run that was killed before it had one and cannot tell what was there: then the directories go
    that are as this program makes them.
    """
    with contextlib.suppress(OSError, DistrorocksError), Beneath("/") as below:
        place = tree_place(layout)
        if made is not None:
            steps = place.root.split("/")
            above = range(len(steps) - made, len(steps))
            unmake(below, ["/".join(steps[: number + 1]) for number in above])
        else:
            paths = [place.root, *ways(place)]
            unmake(below, [path for path in paths if is_plain(below, path)])


def ways(place: TreePlace) -> list[str]:
    """Return the paths of the directories between a tree's root and its tops."""
    return [place.way(name) for name in place.ways()]


def is_plain(below: Beneath, path: str) -> bool:
    """Return whether a directory is ours, with the mode that this program gives to new ones."""
    status = below.status(path)
    mode = 0o755 & ~umask()
    return status is not None and (status.st_uid, status.st_mode & 0o777) == (os.geteuid(), mode)


def unmake(below: Beneath, directories: Iterable[str]) -> None:
    """Remove directories that were not there, as far as nothing is in them; deepest first."""
    for path in sorted(directories, key=len, reverse=True):
        with contextlib.suppress(OSError, DistrorocksError):
            below.remove_directory(path)


def umask() -> int:
    """Return the mode bits that new files do not get."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
