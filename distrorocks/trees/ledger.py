"""The ledger: the files that distrorocks wrote, with their MD5, and the directories it created.

Only what it lists may be replaced or removed; it never lists files of packages or of others.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from distrorocks.errors import DistrorocksError
from distrorocks.trees.layout import DISTRO_ROOT
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

FORMAT = 1
ROCKS_START = f"{DISTRO_ROOT}/lib/luarocks/rocks-"
"""The common prefix of all paths that a refresh writes."""


class LedgerError(DistrorocksError):
    """The ledger is invalid."""


class Ledger(NamedTuple):
    """``files`` maps an absolute path in the root to the MD5 of what was written there.

    ``is_unfinished`` marks a ledger written during a run: some of the files may not exist, and
    there may be temporary files beside them.
    """

    files: Mapping[str, str] = MappingProxyType({})
    directories: frozenset[str] = frozenset()
    is_unfinished: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it lists nothing."""
        return not self.files and not self.directories

    @property
    def every_directory(self) -> frozenset[str]:
        """The directories of its files, and those that distrorocks created."""
        return self.directories | {path.rpartition("/")[0] for path in self.files}

    @classmethod
    def from_json(cls, value: Any) -> Ledger:
        """Convert a decoded JSON document.

        Raise ``LedgerError`` for another form or format, or a path that no refresh writes.
        """
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise LedgerError(f"it is not a ledger of format {FORMAT}")
        files, directories = value.get("files"), value.get("directories")
        if not isinstance(files, dict) or not isinstance(directories, list):
            raise LedgerError("it has no 'files' or no 'directories'")
        for path in (*files, *directories):
            if not isinstance(path, str) or not is_plain(path):
                raise LedgerError(f"{path!r} is not an absolute, plain path")
        for path in files:
            if not is_metadata(path):
                raise LedgerError(f"{path} is not rock metadata below {ROCKS_START}5.x")
        for path in directories:
            if not path.startswith(ROCKS_START) and not ROCKS_START.startswith(f"{path}/"):
                raise LedgerError(f"{path} is not a directory of rock metadata")
        if not all(isinstance(digest, str) for digest in files.values()):
            raise LedgerError("a digest is not text")
        return cls(dict(files), frozenset(directories), value.get("unfinished") is True)

    def to_json(self) -> dict[str, Any]:
        """Return the document for ``from_json``, sorted."""
        mark = {"unfinished": True} if self.is_unfinished else {}
        return {
            "format": FORMAT,
            **mark,
            "files": {path: self.files[path] for path in sorted(self.files)},
            "directories": sorted(self.directories),
        }

    def joined(self, other: Ledger) -> Ledger:
        """Return the unfinished ledger for the change to ``other``: the union of both.

        For a file in both, the digest is that of ``other``.
        """
        return Ledger({**self.files, **other.files}, self.directories | other.directories, True)


def is_plain(path: str) -> bool:
    """Return whether a path is absolute and has no component that is empty, ``.`` or ``..``."""
    steps = path.split("/")
    return path.startswith("/") and "\0" not in path and not {"", ".", ".."} & set(steps[1:])


def is_metadata(path: str) -> bool:
    """Return whether a refresh may write a plain path: a manifest, or a rock's metadata.

    The ledger decides what root removes, so no other path in it is accepted.
    """
    if not path.startswith(ROCKS_START):
        return False
    tree, *steps = path.removeprefix(ROCKS_START).split("/")
    if not tree or len(steps) not in (1, 3):
        return False
    if len(steps) == 1:
        return steps[0] == "manifest"
    name, version, file = steps
    return file in ("rock_manifest", f"{name}-{version}.rockspec")
