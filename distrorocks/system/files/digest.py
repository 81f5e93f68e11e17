"""Digests of files in a root: of the content, following links. LuaRocks lists MD5s."""

from __future__ import annotations

import os
from functools import partial

from distrorocks.errors import DistrorocksError
from distrorocks.md5 import md5
from distrorocks.system.files.atomic_file import WriteError
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.bounded_file import FileReadError, open_regular
from distrorocks.system.files.cache import Cache, is_settled, signature_of
from distrorocks.system.files.root_path import RootView
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash as HASH

DIGEST_LIMIT = 1 << 30
"""Bytes of the largest file that is digested: modules rarely have hundreds of megabytes."""

MOST_OF_RUN = 16 << 30
"""Bytes that are digested in all: the largest known trees of rocks have a few hundred megabytes."""

_BLOCK = 1 << 20


class DigestError(DistrorocksError):
    """A file that a rock_manifest should list cannot be read."""


class Digests:
    """The digests of one root's files, each computed at most once."""

    def __init__(
        self, view: RootView, cache: Cache | None = None, *, algorithm: str = "md5"
    ) -> None:
        """Take an algorithm of hashlib; a cache holds MD5s alone."""
        self._view = view
        self._kept = (cache or Cache()).table("digests")
        self._algorithm = algorithm
        self._known: dict[str, str] = {}
        self._most = self._left = MOST_OF_RUN

    def of(self, path: str) -> str:
        """Return the digest of a file in the root, in hexadecimal digits.

        Raise ``DigestError`` if it is missing, not a regular file, or unreadable, or if it is
        larger than what is left of ``MOST_OF_RUN``.
        """
        found = self._view.find(path)
        if not found or not found.is_file:
            raise DigestError(f"{path} is not a regular file")
        return self.of_plain(found.path)

    def of_plain(self, path: str) -> str:
        """Return the digest of a file as ``of``, by a path that must have no links."""
        if path not in self._known:
            self._known[path] = self._read(path)
        return self._known[path]

    def _read(self, path: str) -> str:
        """Return the digest of a file, read or cached."""
        try:
            with Beneath(self._view.root) as below:
                status = below.status(path)
                read = partial(self._digest, below, path)
                if status is None or not is_settled(status):
                    return read()
                remembered: str = self._kept.of(path, signature_of(status), read)
        except OSError as error:
            raise DigestError(f"cannot read {path}: {error.strerror}") from error
        except (FileReadError, WriteError) as error:
            raise DigestError(error.brief, hint=error.hint) from error
        return remembered

    def _digest(self, below: Beneath, path: str) -> str:
        """Return the digest of a file, which is opened without following a link."""
        digest = _new(self._algorithm)
        above, _, name = path.rpartition("/")
        handle, shown = below.directory(above), below.shown(path)
        with open_regular(name, DIGEST_LIMIT, directory=handle, shown=shown) as file:
            self._spend(os.fstat(file.fileno()).st_size, path)
            while block := file.read(_BLOCK):
                digest.update(block)
        return digest.hexdigest()

    def _spend(self, size: int, path: str) -> None:
        """Count the bytes of a file; raise ``DigestError`` if they are too many."""
        if size > self._left:
            raise DigestError(
                f"{path} is not read: the files of this run have more than {self._most} bytes",
                hint="no tree of rocks is so large; find out what created these files",
            )
        self._left -= size


def _new(algorithm: str) -> HASH:
    """Return the object that computes a digest."""
    if algorithm == "md5":
        return md5()
    import hashlib

    return hashlib.new(algorithm, usedforsecurity=False)
