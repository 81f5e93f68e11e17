"""The licences of packages that record them in a file of their own."""

from __future__ import annotations

from distrorocks.system.copyright_file import read_license


class Licenses:
    """Licences from the copyright files of one root, each read once.

    ``unread`` names the packages whose file was not read because a library is missing.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._known: dict[str, str] = {}
        self.unread: list[str] = []

    def of(self, package: str, declared: str) -> str:
        """Return what a package declares itself, else what its copyright file says, else ""."""
        if declared:
            return declared
        if package not in self._known:
            found = read_license(self._root, package)
            if found is None:
                self.unread.append(package)
            self._known[package] = found or ""
        return self._known[package]
