"""Where dnf and zypper keep the metadata of repositories that they last fetched."""

from __future__ import annotations

import os

from distrorocks.system.files.packed_file import ENDINGS
from distrorocks.system.files.root_path import RootView
from distrorocks.system.packages.package_indexes import index_files

DIRECTORIES = ("/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/zypp/raw")


def repository_files(view: RootView, kind: str) -> list[str]:
    """Return the files of one kind, such as ``primary.xml``, packed or not: the host's paths."""
    endings = tuple(f"{kind}{ending}" for ending in ENDINGS)
    found = []
    for directory in DIRECTORIES:
        at = view.find(directory)
        for repository in _names(view.host_path(at.path)) if at else ():
            place = f"{directory}/{repository}/repodata"
            found += index_files(view, place, lambda name: name.endswith(endings))
    return sorted(found)


def _names(directory: str) -> list[str]:
    try:
        return os.listdir(directory)
    except OSError:
        return []
