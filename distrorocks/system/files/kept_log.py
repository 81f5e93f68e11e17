"""Where the output of failed builds is kept, since their own directories are removed."""

from __future__ import annotations

import contextlib
import os

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.scratch import lasting_directory
from distrorocks.system.files.trust import trusted_path


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
