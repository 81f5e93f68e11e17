"""The modules and commands that are where packages install them, whoever installed them.

Asking the file system for a few names is much cheaper than reading all lists of a package database.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from distrorocks.families.lua_files import classify
from distrorocks.system.files.root_path import RootView

_TOPS = ("/usr/share/", "/usr/lib/", "/usr/lib64/", "/usr/lib32/", "/usr/bin/", "/usr/games/")
_LIBRARIES = ("/usr/lib", "/usr/lib64", "/usr/lib32")


def may_be_packaged(place: str) -> bool:
    """Return whether a file or directory can be, or contain, one that ``classify`` knows."""
    below = f"{place.rstrip('/')}/"
    return below.startswith(_TOPS) or any(top.startswith(below) for top in _TOPS)


def installed_modules(view: RootView, lua_version: str) -> frozenset[str]:
    """Return the names of the modules in the directories of packages for one Lua version.

    Files that no package owns count too.
    """
    found = set()
    for directory in _module_directories(view, lua_version):
        for path in _files_below(view, directory):
            file = classify(path)
            if file and file.module:
                found.add(file.module)
    return frozenset(found)


def has_command(view: RootView, name: str) -> bool:
    """Return whether ``/usr/bin`` has a command; a link to nowhere counts."""
    return "/" not in name and view.entry(f"/usr/bin/{name}") is not None


def _module_directories(view: RootView, lua_version: str) -> Iterator[str]:
    """Yield the directories of modules that may exist, also those of each architecture."""
    yield f"/usr/share/lua/{lua_version}"
    for top in _LIBRARIES:
        yield f"{top}/lua/{lua_version}"
        for name in _names(view, top):
            if "-" in name:
                yield f"{top}/{name}/lua/{lua_version}"


def _files_below(view: RootView, directory: str) -> Iterator[str]:
    """Yield the paths of all files below a directory; links to directories count as files."""
    found = view.find(directory)
    top = view.host_path(found.path) if found else ""
    for above, _, names in os.walk(top) if top else ():
        for name in names:
            yield f"{directory}{above[len(top) :]}/{name}"


def _names(view: RootView, directory: str) -> list[str]:
    """Return the names in a directory, none if it cannot be listed."""
    found = view.find(directory)
    try:
        return os.listdir(view.host_path(found.path)) if found else []
    except OSError:
        return []
