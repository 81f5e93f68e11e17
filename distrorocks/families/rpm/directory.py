"""Where a root keeps its RPM database."""

from __future__ import annotations

from distrorocks.families.known import PLACES
from distrorocks.system.files.root_path import RootView

_FILES = ("rpmdb.sqlite", "Packages.db", "Packages")


def database_directory(root: str) -> str | None:
    """Return the directory in ``root`` that holds an RPM database with any of its formats."""
    view = RootView(root)
    for directory in PLACES["rpm"]:
        at = view.find(directory)
        files = (view.find(f"{at.path}/{name}") for name in _FILES) if at else ()
        if any(found and found.is_file for found in files):
            return directory
    return None
