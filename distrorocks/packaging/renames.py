"""Files of a packaging that have another name in the new render, such as one with the version."""

from __future__ import annotations

from distrorocks.packaging.packaging_file import Files

_LEAST_ALIKE = 0.3


def renames(base: Files, ours: Files, theirs: Files) -> dict[str, str]:
    """Return old path -> new path, for files that the packager still has under the old one.

    Two files are one if they stand in the same folder, have the same suffix and enough lines
    in common, and nothing already stands at the new path.
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
    """Return which part of two texts' lines both have, from 0 to 1."""
    left, right = set(one.split("\n")), set(other.split("\n"))
    return len(left & right) / max(len(left), len(right))
