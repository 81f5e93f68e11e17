"""The file system probe of a root."""

from __future__ import annotations

import os
from itertools import islice

from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import to_text
from distrorocks.system.files.bounded_file import read_bounded
from distrorocks.system.files.root_path import RootView

_MOST_NAMES = 100_000
_MOST_BYTES = 1 << 20


class RootProbe:
    """Answers queries about files in a root; each directory is listed once."""

    def __init__(self, root: str) -> None:
        self._view = RootView(root)
        self._names: dict[str, frozenset[str]] = {}

    def is_file(self, path: str) -> bool:
        """Return whether a path is a regular file or a link to one."""
        found = self._view.find(path)
        return found is not None and found.is_file

    def is_there(self, path: str) -> bool:
        """Return whether a path exists, following links."""
        return self._view.find(path) is not None

    def names(self, directory: str) -> frozenset[str]:
        """Return the names in a directory, none if it is not a directory."""
        if directory not in self._names:
            self._names[directory] = self._listed(directory)
        return self._names[directory]

    def text(self, path: str) -> str | None:
        """Return the text of a file of at most one megabyte, or None."""
        found = self._view.find(path)
        if found is None or not found.is_file:
            return None
        try:
            return to_text(read_bounded(self._view.host_path(found.path), _MOST_BYTES))
        except DistrorocksError:
            return None

    def _listed(self, directory: str) -> frozenset[str]:
        found = self._view.find(directory)
        if found is None:
            return frozenset()
        try:
            with os.scandir(self._view.host_path(found.path)) as entries:
                return frozenset(entry.name for entry in islice(entries, _MOST_NAMES))
        except OSError:
            return frozenset()
