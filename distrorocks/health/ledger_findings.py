"""What a refresh would change, read as findings: what is old, damaged, gone or nobody's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from distrorocks.health.finding import (
    MISSING,
    MODIFIED,
    ORPHANED,
    REPAIR,
    STALE_MANIFEST,
    STALE_ROCK,
    UNOWNED,
    Finding,
)
from distrorocks.trees.change import Change, Keep, RemoveFile, WriteFile
from distrorocks.trees.ledger import Ledger

_REFRESH = "distrorocks refresh"


class Standing(NamedTuple):
    """What stands in the distribution's trees.

    ``present`` has the MD5 of the ledger's files and of the manifests that are there. ``shipped``
    are metadata files of packages, ``rocks_dirs`` the trees that were looked at, ``excused`` the
    rock_manifests that differ only because a package's file was changed.
    """

    ledger: Ledger
    present: Mapping[str, str]
    shipped: Collection[str]
    rocks_dirs: tuple[str, ...]
    excused: Collection[str] = ()


def ledger_findings(changes: Iterable[Change], standing: Standing) -> list[Finding]:
    """Return what the changes of a refresh tell of the trees; a rock is told once for each kind.

    Of a tree in which nothing is published yet, only the missing manifest is told.
    """
    changes = list(changes)
    bare = tuple(f"{it}/" for it in standing.rocks_dirs if _is_bare(it, standing))
    written = [it for it in changes if isinstance(it, WriteFile)]
    known = standing.ledger.files.keys()
    lost = known - standing.present.keys() - {it.path for it in written}
    starts = tuple(f"{rocks_dir}/" for rocks_dir in standing.rocks_dirs)
    kept = (it.path for it in changes if isinstance(it, Keep))
    shipped = _with_directories(standing.shipped)
    return [
        *(
            _written(it, standing)
            for it in written
            if it.path not in standing.excused and not it.path.startswith(bare)
        ),
        *(
            Finding(STALE_MANIFEST, it.path, it.reason, "nothing is published yet", _REFRESH, True)
            for it in written
            if it.path.startswith(bare) and _rock_dir(it.path, standing) == it.path
        ),
        *(_orphan(it.path, "still there") for it in changes if isinstance(it, RemoveFile)),
        *(_orphan(path, "no file") for path in sorted(lost) if path.startswith(starts)),
        *(_unowned(path) for path in kept if path not in shipped),
    ]


def _is_bare(rocks_dir: str, standing: Standing) -> bool:
    """Return whether distrorocks has published nothing in a tree, and nobody has indexed it."""
    start = f"{rocks_dir}/"
    is_known = any(path.startswith(start) for path in standing.ledger.files)
    return not is_known and f"{start}manifest" not in standing.present


def _written(change: WriteFile, standing: Standing) -> Finding:
    """Return why a file would be written: it is gone, was changed, or is old."""
    path, reason = change.path, change.reason
    recorded, present = standing.ledger.files.get(path), standing.present.get(path)
    if path.endswith("/manifest") and _rock_dir(path, standing) == path:
        found = "another index" if present else "no manifest"
        return Finding(STALE_MANIFEST, path, reason, found, REPAIR, is_ours=True)
    if recorded and not present:
        return Finding(MISSING, path, f"MD5 {recorded}, by the ledger", "no file", REPAIR, True)
    if recorded and present != recorded:
        expected = f"MD5 {recorded}, by the ledger"
        return Finding(MODIFIED, path, expected, f"MD5 {present}", REPAIR, is_ours=True)
    found = "metadata from before the package changed" if present else "no metadata yet"
    return Finding(STALE_ROCK, _rock_dir(path, standing), reason, found, REPAIR, is_ours=True)


def _orphan(path: str, found: str) -> Finding:
    """Return that the ledger lists what no package provides any more."""
    expected = "nothing: no package provides this rock any more"
    if path.endswith("/manifest"):
        expected = "nothing: the tree has no rocks any more"
    else:
        path = path.rpartition("/")[0]
    return Finding(ORPHANED, path, expected, f"{found}, but the ledger lists it", REPAIR, True)


def _unowned(path: str) -> Finding:
    """Return that something in the distribution's tree is nobody's."""
    return Finding(
        UNOWNED,
        path,
        "a rock of a package, or one that distrorocks wrote",
        "neither a package nor the ledger knows it",
        "distrorocks leaves it alone; what is installed by hand belongs into /usr/local, "
        "see which of its files packages own before it is removed",
    )


def _rock_dir(path: str, standing: Standing) -> str:
    """Return the directory of the rock that a file is of, or the path where it is of none."""
    for rocks_dir in standing.rocks_dirs:
        if path.startswith(f"{rocks_dir}/"):
            steps = path[len(rocks_dir) + 1 :].split("/")
            return "/".join((rocks_dir, *steps[:2])) if len(steps) > 2 else path
    return path


def _with_directories(paths: Iterable[str]) -> set[str]:
    """Return paths and every directory above one of them."""
    found: set[str] = set()
    for path in paths:
        while path and path not in found:
            found.add(path)
            path = path.rpartition("/")[0]
    return found
