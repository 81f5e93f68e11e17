"""The licences of packages that record them in a file of their own."""

from __future__ import annotations

from functools import partial

from distrorocks.memory import Memory
from distrorocks.system.files.file_signature import signature_of
from distrorocks.system.files.root_path import RootView
from distrorocks.system.packages.copyright_file import copyright_path, read_license


class Licenses:
    """Licences from the copyright files of one root, each read once."""

    def __init__(self, root: str, memory: Memory | None = None) -> None:
        self._view = RootView(root)
        self._memory = memory or Memory()
        self._known: dict[str, str] = {}
        self._unread = 0

    def of(self, package: str, declared: str) -> str:
        """Return what a package declares itself, else what its copyright file says, else ""."""
        if declared:
            return declared
        if package not in self._known:
            file = self._view.find(copyright_path(package))
            found = self._memory.of(
                ("license", package),
                signature_of(file.status) if file else (),
                partial(read_license, self._view.root, package),
            )
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
