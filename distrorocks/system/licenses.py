"""The licences of packages that record them in a file of their own."""

from __future__ import annotations

from distrorocks.system.copyright_file import read_license


class Licenses:
    """Licences from the copyright files of one root, each read once."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._known: dict[str, str] = {}
        self._unread = 0

    def of(self, package: str, declared: str) -> str:
        """Return what a package declares itself, else what its copyright file says, else ""."""
        if declared:
            return declared
        if package not in self._known:
            found = read_license(self._root, package)
            if found is None:
                self._unread += 1
            self._known[package] = found or ""
        return self._known[package]

    @property
    def warnings(self) -> list[str]:
        """What was left out so far because a library is missing."""
        if not self._unread:
            return []
        text = f"the licences of {self._unread} packages are left out of their rockspecs"
        return [f"python-debian is not installed: {text}"]
