"""MD5 of files in a root, as LuaRocks lists them: of the content, over links."""

from __future__ import annotations

from hashlib import md5

from distrorocks.errors import DistrorocksError
from distrorocks.system.root_path import RootView

_BLOCK = 1 << 20


class DigestError(DistrorocksError):
    """A file that should be listed cannot be read."""


class Digests:
    """The digests of one root's files, each computed at most once."""

    def __init__(self, view: RootView) -> None:
        self._view = view
        self._known: dict[str, str] = {}

    def of(self, path: str) -> str:
        """Return the MD5 of a file in the root, in 32 hexadecimal digits.

        Raises ``DigestError`` for what is missing, not a regular file, or unreadable.
        """
        found = self._view.find(path)
        if not found or not found.is_file:
            raise DigestError(f"{path} is not a regular file")
        if found.path not in self._known:
            digest = md5()
            try:
                with open(self._view.host_path(found.path), "rb") as file:
                    while block := file.read(_BLOCK):
                        digest.update(block)
            except OSError as error:
                raise DigestError(f"cannot read {path}: {error.strerror}") from error
            self._known[found.path] = digest.hexdigest()
        return self._known[found.path]
