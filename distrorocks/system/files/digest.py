"""Digests of files in a root: of the content, following links. LuaRocks lists MD5s."""

from __future__ import annotations

from functools import partial
from hashlib import new

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.bounded_file import FileReadError, open_regular
from distrorocks.system.files.cache import Cache
from distrorocks.system.files.file_signature import is_settled, signature_of
from distrorocks.system.files.root_path import Found, RootView

DIGEST_LIMIT = 1 << 30
"""Bytes of the largest file that is digested: modules rarely have hundreds of megabytes."""

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
        self._cache = cache or Cache()
        self._algorithm = algorithm
        self._known: dict[str, str] = {}

    def of(self, path: str) -> str:
        """Return the digest of a file in the root, in hexadecimal digits.

        Raise ``DigestError`` if it is missing, not a regular file, or unreadable.
        """
        found = self._view.find(path)
        if not found or not found.is_file:
            raise DigestError(f"{path} is not a regular file")
        if found.path not in self._known:
            self._known[found.path] = self._read(found, path)
        return self._known[found.path]

    def _read(self, found: Found, path: str) -> str:
        """Return the digest of what was found at ``path``, read or cached."""
        read = partial(_digest, self._view.host_path(found.path), self._algorithm)
        try:
            if not is_settled(found.status):
                return read()
            key = ("digest", found.path)
            remembered: str = self._cache.of(key, signature_of(found.status), read)
        except OSError as error:
            raise DigestError(f"cannot read {path}: {error.strerror}") from error
        except FileReadError as error:
            raise DigestError(error.brief, hint=error.hint) from error
        return remembered


def _digest(path: str, algorithm: str) -> str:
    """Return the digest of a file, by its path in this process's root."""
    digest = new(algorithm, usedforsecurity=False)
    with open_regular(path, DIGEST_LIMIT) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
