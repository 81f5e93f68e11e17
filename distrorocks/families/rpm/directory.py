"""Where a root keeps its RPM database."""

from __future__ import annotations

import os

from distrorocks.system.files.root_path import RootView

_DIRECTORIES = ("/usr/lib/sysimage/rpm", "/var/lib/rpm")
_FILES = ("rpmdb.sqlite", "Packages.db", "Packages")


def database_directory(root: str) -> str | None:
    """Return the directory in ``root`` that holds an RPM database with any of its formats."""
    view = RootView(root)
    for directory in _DIRECTORIES:
        at = view.find(directory)
        if at and any(os.path.isfile(view.host_path(f"{at.path}/{name}")) for name in _FILES):
            return directory
    return None
