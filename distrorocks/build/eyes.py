"""The questions about files that building asks; who answers them stands on the machine's floor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class Eyes(Protocol):
    """Answers about one system's files. Paths are absolute; nothing is ever raised."""

    def is_file(self, path: str) -> bool:
        """Return whether a path leads to a regular file."""

    def is_there(self, path: str) -> bool:
        """Return whether a path leads to anything."""

    def names(self, directory: str) -> Iterable[str]:
        """Return what a directory holds, none for what is no directory."""

    def text(self, path: str) -> str | None:
        """Return what a file of a moderate size says, None where there is none."""
