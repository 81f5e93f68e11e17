"""Observe the sources of a rock whose rockspec lists no modules."""

from __future__ import annotations

from distrorocks.install.build.request import BuildRequest
from distrorocks.install.build.source_folder import Entry, SourceFolder
from distrorocks.lua.value import to_text
from distrorocks.rocks.detection import SourceTree, opener

SOURCE_LIMIT = 16 * 1024 * 1024
"""Bytes of a C file that is searched for the name of its module."""


def observed(request: BuildRequest) -> BuildRequest:
    """Return the request with the names of its sources, among which modules are detected.

    Links out of the sources and special files are not looked at: none may be a module. Raise
    ``BuildError`` as ``SourceFolder`` does.
    """
    places = request.places
    with SourceFolder(places.sources, places.directory) as folder:
        return request._replace(sources=_read(folder))


def _read(folder: SourceFolder) -> SourceTree:
    top = folder.find("")
    if top is None:
        return SourceTree()
    files, directories = [], set()
    openers: dict[str, str] = {}
    for entry in folder.walk(top, skips=True):
        if entry.is_directory:
            directories.add(entry.path)
            continue
        files.append(entry.path)
        name = _opened(folder, entry) if entry.path.endswith(".c") else None
        if name:
            openers[entry.path] = name
    return SourceTree(tuple(files), frozenset(directories), openers)


def _opened(folder: SourceFolder, entry: Entry) -> str | None:
    """Return the module that a C file opens, None if there is none."""
    return opener(to_text(folder.read(entry, SOURCE_LIMIT)))
