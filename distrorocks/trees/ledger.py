"""The list of what distrorocks wrote: files with the MD5 of their content, and directories it made.

It decides what may be replaced or removed: what packages own and what neither knows is never on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from distrorocks.errors import DistrorocksError

FORMAT = 1


class LedgerError(DistrorocksError):
    """A ledger that cannot be one."""


class Ledger(NamedTuple):
    """``files`` maps an absolute path in the root to the MD5 of what was written there."""

    files: Mapping[str, str] = {}
    directories: frozenset[str] = frozenset()

    @classmethod
    def from_json(cls, value: Any) -> Ledger:
        """Return the ledger that a decoded JSON document is.

        Raises ``LedgerError`` for another form or format, or a path that is not absolute and plain.
        """
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise LedgerError(f"it is not a ledger of format {FORMAT}")
        files, directories = value.get("files"), value.get("directories")
        if not isinstance(files, dict) or not isinstance(directories, list):
            raise LedgerError("it has no 'files' or no 'directories'")
        for path in (*files, *directories):
            if not isinstance(path, str) or not is_plain(path):
                raise LedgerError(f"{path!r} is not an absolute, plain path")
        if not all(isinstance(digest, str) for digest in files.values()):
            raise LedgerError("a digest is not text")
        return cls(dict(files), frozenset(directories))

    def to_json(self) -> dict[str, Any]:
        """Return the document that ``from_json`` reads, sorted."""
        return {
            "format": FORMAT,
            "files": {path: self.files[path] for path in sorted(self.files)},
            "directories": sorted(self.directories),
        }

    def joined(self, other: Ledger) -> Ledger:
        """Return the ledger of both; where both have a file, ``other`` says its digest."""
        return Ledger({**self.files, **other.files}, self.directories | other.directories)


def is_plain(path: str) -> bool:
    """Return whether a path is absolute and has no step that is empty, ``.`` or ``..``."""
    steps = path.split("/")
    return path.startswith("/") and "\0" not in path and not {"", ".", ".."} & set(steps[1:])
