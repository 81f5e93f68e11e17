"""Findings derived from what a refresh would change: stale, damaged, missing or unowned files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

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
from distrorocks.values import NamedTuple

_REFRESH = "distrorocks refresh"


class TreesState(NamedTuple):
    """The current state of the distribution's trees.

    ``present`` has the MD5s of the ledger's files and of the manifests that exist. ``shipped`` are
    metadata files of packages, ``rocks_dirs`` the trees examined, ``excused`` the files of rocks
    that differ only because a package's file was modified or is missing.
    """

    ledger: Ledger
    present: Mapping[str, str]
    shipped: Collection[str]
    rocks_dirs: tuple[str, ...]
    excused: Collection[str] = ()


def ledger_findings(changes: Iterable[Change], state: TreesState) -> list[Finding]:
    """Return the findings implied by the changes of a refresh, one per rock and kind.

    For a tree in which nothing is published yet, only the missing manifest is reported.
    """
    changes = list(changes)
    bare = tuple(f"{it}/" for it in state.rocks_dirs if _is_bare(it, state))
    written = [it for it in changes if isinstance(it, WriteFile)]
    excused = {*state.excused, *_excused_manifests(written, state)}
    known = state.ledger.files.keys()
    lost = known - state.present.keys() - {it.path for it in written}
    starts = tuple(f"{rocks_dir}/" for rocks_dir in state.rocks_dirs)
    kept = (it.path for it in changes if isinstance(it, Keep))
    shipped = _with_directories(state.shipped)
    return [
        *(
            _written(it, state)
            for it in written
            if it.path not in excused and not it.path.startswith(bare)
        ),
        *(
            Finding(STALE_MANIFEST, it.path, it.reason, "nothing is published yet", _REFRESH, True)
            for it in written
            if it.path.startswith(bare) and _rock_dir(it.path, state) == it.path
        ),
        *(_orphan(it.path, "still there") for it in changes if isinstance(it, RemoveFile)),
        *(_orphan(path, "no file") for path in sorted(lost) if path.startswith(starts)),
        *(_unowned(path) for path in kept if path not in shipped),
    ]


def _excused_manifests(written: Iterable[WriteFile], state: TreesState) -> Iterator[str]:
    """Yield the manifests that differ only because of rocks that are excused."""
    for rocks_dir in state.rocks_dirs:
        manifest = f"{rocks_dir}/manifest"
        others = {it.path for it in written if it.path.startswith(f"{rocks_dir}/")} - {manifest}
        if others and others <= set(state.excused):
            yield manifest


def _is_bare(rocks_dir: str, state: TreesState) -> bool:
    """Return whether a tree has no files of distrorocks and no manifest."""
    start = f"{rocks_dir}/"
    is_known = any(path.startswith(start) for path in state.ledger.files)
    return not is_known and f"{start}manifest" not in state.present


def _written(change: WriteFile, state: TreesState) -> Finding:
    """Return the finding for a file that would be written: missing, modified or stale."""
    path, reason = change.path, change.reason
    recorded, present = state.ledger.files.get(path), state.present.get(path)
    if path.endswith("/manifest") and _rock_dir(path, state) == path:
        found = "a different manifest" if present else "no manifest"
        return Finding(STALE_MANIFEST, path, reason, found, REPAIR, is_ours=True)
    if recorded and not present:
        return Finding(MISSING, path, f"MD5 {recorded}, by the ledger", "no file", REPAIR, True)
    if recorded and present != recorded:
        expected = f"MD5 {recorded}, by the ledger"
        return Finding(MODIFIED, path, expected, f"MD5 {present}", REPAIR, is_ours=True)
    found = "metadata from before the package changed" if present else "no metadata yet"
    return Finding(STALE_ROCK, _rock_dir(path, state), reason, found, REPAIR, is_ours=True)


def _orphan(path: str, found: str) -> Finding:
    """Return the finding for a file in the ledger that no package provides any more."""
    expected = "nothing: no package provides this rock any more"
    if path.endswith("/manifest"):
        expected = "nothing: the tree has no rocks any more"
    else:
        path = path.rpartition("/")[0]
    return Finding(ORPHANED, path, expected, f"{found}, but listed in the ledger", REPAIR, True)


def _unowned(path: str) -> Finding:
    """Return the finding for something in the distribution's tree without an owner."""
    return Finding(
        UNOWNED,
        path,
        "a rock of a package, or one that distrorocks wrote",
        "neither owned by a package nor listed in the ledger",
        "distrorocks does not touch it; rocks installed by hand belong in /usr/local, "
        "check which of its files packages own before removing it",
    )


def _rock_dir(path: str, state: TreesState) -> str:
    """Return the directory of the rock that a file belongs to, or else the path itself."""
    for rocks_dir in state.rocks_dirs:
        if path.startswith(f"{rocks_dir}/"):
            steps = path[len(rocks_dir) + 1 :].split("/")
            return "/".join((rocks_dir, *steps[:2]))
    return path


def _with_directories(paths: Iterable[str]) -> set[str]:
    """Return the paths and all their parent directories."""
    found: set[str] = set()
    for path in paths:
        while path and path not in found:
            found.add(path)
            path = path.rpartition("/")[0]
    return found
