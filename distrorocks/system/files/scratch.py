"""A private directory for files that are on their way, gone with the block."""

from __future__ import annotations

import os
import tempfile

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import quoted
from distrorocks.rocks.rock_manifest import is_file_name
from distrorocks.system.files.trust import trusted_path
from distrorocks.system.processes.closing import Closing
from distrorocks.system.processes.interruption import deferred


def private_directory() -> tempfile.TemporaryDirectory[str]:
    """Return a new directory of ours; raise ``UntrustedError`` where others could replace it.

    ``TMPDIR`` may be another user's directory: programs of root's would read there what that user
    has put in place of what was made.
    """
    _refuse_foreign()
    return tempfile.TemporaryDirectory(prefix="distrorocks-")


def lasting_directory() -> str:
    """Return a new directory of ours that stays, made as ``private_directory`` is."""
    _refuse_foreign()
    return tempfile.mkdtemp(prefix="distrorocks-")


def _refuse_foreign() -> None:
    """Raise ``UntrustedError`` where root's temporary directory is another user's."""
    if os.geteuid() == 0:
        trusted_path("/", os.path.abspath(tempfile.gettempdir()))


class ScratchDirectory(Closing):
    """A directory that only this user sees; use it in a ``with`` block."""

    def __init__(self) -> None:
        with deferred():  # else a directory could be made, and nobody know of it
            self._directory = private_directory()

    def close(self) -> None:
        """Remove the directory."""
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
