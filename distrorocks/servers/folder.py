"""Directories of rock files, by rock and version."""

from __future__ import annotations

import os

from distrorocks.system.trees.reader import rock_file

_SOURCES = ("src", "rockspec")


def source_files(folder: str) -> dict[str, dict[str, str]]:
    """Return rock -> version -> path of the files below a directory that rocks can be built from.

    For one version a ``.src.rock`` wins over a rockspec, then the first path in sort order.
    """
    ranked: dict[str, dict[str, tuple[int, str]]] = {}
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            packed = rock_file(name)
            if packed and packed.arch in _SOURCES:
                of_rock = ranked.setdefault(packed.name, {})
                found = (_SOURCES.index(packed.arch), os.path.join(place, name))
                of_rock[packed.version] = min(found, of_rock.get(packed.version, found))
    return {
        rock: {version: path for version, (_, path) in versions.items()}
        for rock, versions in ranked.items()
    }
