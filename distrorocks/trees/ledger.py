"""The list of what distrorocks wrote: files with the MD5 of their content, and directories it made.

It decides what may be replaced or removed: what packages own and what neither knows is never on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.trees.layout import DISTRO_ROOT

FORMAT = 1
ROCKS_START = f"{DISTRO_ROOT}/lib/luarocks/rocks-"
"""How the paths of all begin that a refresh writes."""


class LedgerError(DistrorocksError):
    """A ledger that cannot be one."""


class Ledger(NamedTuple):
    """``files`` maps an absolute path in the root to the MD5 of what was written there.

    ``is_unfinished`` says that a run was at work when it was written: not all of the files need be
    there, and beside them may be what that run was writing.
    """

    files: Mapping[str, str] = MappingProxyType({})
    directories: frozenset[str] = frozenset()
    is_unfinished: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing in the root is ours."""
        return not self.files and not self.directories

    @property
    def every_directory(self) -> frozenset[str]:
        """The directories of its files, and those that distrorocks made."""
        return self.directories | {path.rpartition("/")[0] for path in self.files}

    @classmethod
    def from_json(cls, value: Any) -> Ledger:
        """Return the ledger that a decoded JSON document is.

        Raises ``LedgerError`` for another form or format, or a path at which no refresh writes.
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
        """Return the document that ``from_json`` reads, sorted."""
        mark = {"unfinished": True} if self.is_unfinished else {}
        return {
            "format": FORMAT,
            **mark,
            "files": {path: self.files[path] for path in sorted(self.files)},
            "directories": sorted(self.directories),
        }

    def joined(self, other: Ledger) -> Ledger:
        """Return the ledger on the way to ``other``: of both, and unfinished.

        Where both have a file, ``other`` says its digest.
        """
        return Ledger({**self.files, **other.files}, self.directories | other.directories, True)


def is_plain(path: str) -> bool:
    """Return whether a path is absolute and has no step that is empty, ``.`` or ``..``."""
    steps = path.split("/")
    return path.startswith("/") and "\0" not in path and not {"", ".", ".."} & set(steps[1:])


def is_metadata(path: str) -> bool:
    """Return whether a plain path is one that a refresh writes: a manifest, or a rock's metadata.

    The ledger decides what root removes: nothing else is taken back, whatever it says.
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
