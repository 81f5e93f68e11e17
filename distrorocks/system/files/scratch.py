"""Private temporary directories, removed at the end of a ``with`` block.

Logs of what failed in one are kept elsewhere.
"""

from __future__ import annotations

import contextlib
import os
import tempfile

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import quoted
from distrorocks.rocks.rock_manifest import is_file_name
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.trust import trusted_path
from distrorocks.system.processes.closing import Closing
from distrorocks.system.processes.interruption import deferred


def private_directory() -> tempfile.TemporaryDirectory[str]:
    """Create a temporary directory; raise ``UntrustedError`` if others could replace it.

    ``TMPDIR`` may be another user's directory: programs run by root would read what that user put
    in place of our files.
    """
    _refuse_foreign()
    return tempfile.TemporaryDirectory(prefix="distrorocks-")


def lasting_directory() -> str:
    """Create a directory that is not removed, in the same way as ``private_directory``."""
    _refuse_foreign()
    return tempfile.mkdtemp(prefix="distrorocks-")


def _refuse_foreign() -> None:
    """Raise ``UntrustedError`` if root's temporary directory belongs to another user."""
    if os.geteuid() == 0:
        trusted_path("/", os.path.abspath(tempfile.gettempdir()))


def make_folder(path: str) -> str:
    """Make a directory in a private one that the user of a sandbox may enter; return its path."""
    os.mkdir(path)
    os.chmod(path, 0o755)  # noqa: S103 - whatever the umask is
    return path


def write_new(path: str, content: bytes) -> str:
    """Write a new file that the user of a sandbox may read, and return its path."""
    with open(path, "xb") as file:
        os.fchmod(file.fileno(), 0o644)
        file.write(content)
    return path


class ScratchDirectory(Closing):
    """A directory that only this user can enter; use it in a ``with`` block."""

    def __init__(self) -> None:
        with deferred():  # else a directory could be created and never removed
            self._directory = private_directory()

    def close(self) -> None:
        """Remove the directory."""
        with deferred():
            self._directory.cleanup()

    @property
    def path(self) -> str:
        """The directory."""
        return self._directory.name

    def let_others_pass(self) -> None:
        """Let other users enter folders in it that they may enter; none can list it."""
        os.chmod(self._directory.name, 0o711)  # noqa: S103 - it is listed by nobody

    def write(self, name: str, content: bytes) -> str:
        """Write a file and return its path; raise if ``name`` is not a plain file name."""
        if not is_file_name(name):
            raise DistrorocksError(f"{quoted(name)} is not the name of a file")
        path = f"{self._directory.name}/{name}"
        with open(path, "xb") as file:
            file.write(content)
        return path

    def folder(self, name: str, user: int, group: int) -> str:
        """Make a folder of another user, unless it is there, and return its path.

        Others can then pass through this directory, but not list it.
        """
        path = f"{self._directory.name}/{name}"
        if not os.path.isdir(path):
            os.mkdir(path, 0o700)
            if os.geteuid() == 0:
                os.chown(path, user, group)
                self.let_others_pass()
        return path


def kept_log(name: str, directory: str) -> str:
    """Write all logs of a directory, in order, to one lasting file; return its path.

    ``name`` is that of the file, which replaces an older one.
    """
    path = f"{_log_directory()}/{name}"
    logs = sorted(each.path for each in os.scandir(directory) if each.is_file())
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    with open(os.open(path, flags, 0o644), "wb") as kept:
        for each in logs:
            with open(each, "rb") as log:
                kept.write(log.read())
    return path


def _log_directory() -> str:
    """Return an existing directory for logs: root's, or the user's own."""
    above = os.environ.get("XDG_STATE_HOME") or f"{os.environ.get('HOME', '')}/.local/state"
    directory = "/var/log/distrorocks" if os.geteuid() == 0 else f"{above}/distrorocks"
    with contextlib.suppress(OSError, DistrorocksError):  # not a reason to fail
        place = trusted_path("/", directory) if os.path.isabs(directory) else ""
        if place:
            with Beneath("/") as below:
                below.make_directories(place)
        if place and os.access(place, os.W_OK):
            return place
    return lasting_directory()
