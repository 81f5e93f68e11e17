"""Merge a packaging three ways: the stored render, the packager's files and the new render.

The packager's edits are never dropped. Changes that cannot be merged are marked in the file as a
conflict; a conflict about a whole file leaves the packager's file as it is. Files that have another
name in the new render, such as one with the version, are found by their content.
"""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.packaging.merge.file import merge_text
from distrorocks.packaging.merge.lines import PLAIN, Labels
from distrorocks.packaging.scaffold.folder import FileChange, Files, PackagingFile

_LEAST_ALIKE = 0.3


def renames(base: Files, ours: Files, theirs: Files) -> dict[str, str]:
    """Return old path -> new path of renamed files that the packager has under the old path.

    A file is renamed if the new one is in the same directory, has the same suffix and enough lines
    in common, and does not exist yet.
    """
    gone = sorted(path for path in base if path not in theirs and path in ours)
    new = sorted(path for path in theirs if path not in base and path not in ours)
    found: dict[str, str] = {}
    for old in gone:
        fitting = [path for path in new if path not in found.values() and _kind(path) == _kind(old)]
        ranked = sorted((-_likeness(base[old].text, theirs[path].text), path) for path in fitting)
        if ranked and -ranked[0][0] >= _LEAST_ALIKE:
            found[old] = ranked[0][1]
    return found


def _kind(path: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    return folder, name.rpartition(".")[2]


def _likeness(one: str, other: str) -> float:
    """Return the fraction of lines that two texts have in common, from 0 to 1."""
    left, right = set(one.split("\n")), set(other.split("\n"))
    return len(left & right) / max(len(left), len(right))


class Place(NamedTuple):
    """A place to look at: a file, a line (0: the whole file), and the reason."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}" if self.line else f"{self.path}: {self.text}"


class PackagingMerge(NamedTuple):
    """The changes of an update, its conflicts, and notes."""

    changes: tuple[FileChange, ...]
    conflicts: tuple[Place, ...]
    notes: tuple[Place, ...]


class _Side(NamedTuple):
    """The three versions of one file."""

    base: PackagingFile | None
    ours: PackagingFile | None
    theirs: PackagingFile | None


def merge_packaging(
    base: Files, ours: Files, theirs: Files, labels: Labels = PLAIN
) -> PackagingMerge:
    """Return what an update changes; ``ours`` has each existing path of the others."""
    changes: list[FileChange] = []
    conflicts: list[Place] = []
    notes: list[Place] = []
    moved = renames(base, ours, theirs)
    for path in sorted({*base, *theirs} - set(moved)):
        was = next((old for old, new in moved.items() if new == path), path)
        sides = _Side(base.get(was), ours.get(was), theirs.get(path))
        after, found, note = _merged(path, sides, labels)
        conflicts += found
        notes += note
        if was != path:
            changes.append(FileChange(was, ours[was], None, f"renamed to {path}"))
        before = ours.get(path)
        if after != before:
            changes.append(FileChange(path, before, after, _reason(before, after, found)))
    return PackagingMerge(tuple(changes), tuple(conflicts), tuple(notes))


def _merged(
    path: str, sides: _Side, labels: Labels
) -> tuple[PackagingFile | None, list[Place], list[Place]]:
    """Return the merged file, with its conflicts and notes."""
    base, ours, theirs = sides
    if ours in (base, theirs):
        return theirs, [], []
    if theirs == base:
        note = [Place(path, 0, "you removed it: not added again")] if ours is None else []
        return ours, [], note
    if ours is None:
        return (
            None,
            [],
            [Place(path, 0, "you removed it: not added again, though the new render changes it")],
        )
    if theirs is None:
        text = "no longer rendered, but you changed it: remove it, or keep it as your own"
        return ours, [Place(path, 0, text)], []
    if b"\0" in ours.content:
        text = "your file is binary: nothing was merged into it"
        return ours, [Place(path, 0, text)], []
    merged = merge_text(path, base.text if base else "", ours.text, theirs.text, labels)
    unlike = "your change and the new render differ"
    found = [Place(path, line, unlike) for line in merged.conflicts]
    return ours.with_text(merged.text)._replace(mode=_mode(base, ours, theirs)), found, []


def _mode(base: PackagingFile | None, ours: PackagingFile, theirs: PackagingFile) -> int:
    """Return the permissions: those of the packager if they changed them, else the new ones."""
    return theirs.mode if base is None or ours.mode == base.mode else ours.mode


def _reason(
    before: PackagingFile | None, after: PackagingFile | None, conflicts: list[Place]
) -> str:
    if before is None:
        return "new"
    if after is None:
        return "no longer rendered"
    return "merged, with conflicts" if conflicts else "merged"
