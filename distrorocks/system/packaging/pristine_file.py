"""Where stored renders stand on disk, and reading them back."""

from __future__ import annotations

import os

from distrorocks.packaging.packaging_file import PackagingFile
from distrorocks.packaging.pristine import STORE, Pristine, missing
from distrorocks.system.packaging.folder import read_file

_MOST_FOLDERS = 1000


def stored_forms(directory: str) -> dict[str, str]:
    """Return the formats that a folder has a stored render of, with each one's path below it."""
    found: dict[str, str] = {}
    try:
        folders = [
            entry.name
            for entry in os.scandir(directory)
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
        ]
    except OSError:
        return {}
    for folder in ["", *sorted(folders)[:_MOST_FOLDERS]]:
        for name in sorted(os.listdir(os.path.join(directory, folder))):
            if name.startswith(STORE):
                found.setdefault(name.removeprefix(STORE), os.path.join(folder, name))
    return found


def read_pristine(directory: str, path: str) -> tuple[Pristine, PackagingFile]:
    """Return a stored render with its file; raise ``PristineError`` where it is none."""
    file = read_file(directory, path)
    place = os.path.join(directory, path)
    if file is None:
        raise missing(place)
    return Pristine.parse(file.text, place), file


def own_files(directory: str, folder: str) -> list[str]:
    """Return all regular files below a packaging's own folder, stored renders left out."""
    found = []
    for place, _, names in os.walk(os.path.join(directory, folder)):
        for name in names:
            path = os.path.join(place, name)
            if not name.startswith(STORE) and os.path.isfile(path) and not os.path.islink(path):
                found.append(os.path.relpath(path, directory))
    return sorted(found)
