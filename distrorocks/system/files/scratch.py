"""A private directory for files that are on their way, gone with the block."""

from __future__ import annotations

import tempfile
from types import TracebackType

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import quoted
from distrorocks.rocks.rock_manifest import is_file_name
from distrorocks.system.processes.interruption import deferred


class ScratchDirectory:
    """A directory that only this user sees; use it in a ``with`` block."""

    def __init__(self) -> None:
        with deferred():  # else a directory could be made, and nobody know of it
            self._directory = tempfile.TemporaryDirectory(prefix="distrorocks-")

    def __enter__(self) -> ScratchDirectory:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with deferred():
            self._directory.cleanup()

    def write(self, name: str, content: bytes) -> str:
        """Write a file and return its path; a ``name`` that leads elsewhere is an error."""
        if not is_file_name(name):
            raise DistrorocksError(f"{quoted(name)} is not the name of a file")
        path = f"{self._directory.name}/{name}"
        with open(path, "xb") as file:
            file.write(content)
        return path
