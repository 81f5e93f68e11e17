"""The project that a directory belongs to, as LuaRocks finds it."""

from __future__ import annotations

import os

from distrorocks.system.files.root_path import RootView

_LEVELS = 10
_NO_PROJECT = ".luarocks-no-project"


def own_project(root: str = "/") -> str | None:
    """Return the project that the working directory is in, None for none, and in another root."""
    if root != "/":
        return None
    try:
        return find_project(os.getcwd())
    except OSError:
        return None


def find_project(directory: str, *, root: str = "/") -> str | None:
    """Return the nearest directory at or above one that has ``.luarocks`` and ``lua_modules``.

    At most nine levels above are looked at, and none above a ``.luarocks-no-project``; None for
    no project. ``directory`` is a path inside ``root``.
    """
    view = RootView(root)
    here = os.path.normpath(directory)
    for _ in range(_LEVELS):
        if view.find(f"{here}/.luarocks") and view.find(f"{here}/lua_modules"):
            return here
        if view.find(f"{here}/{_NO_PROJECT}") or here == "/":
            return None
        here = os.path.dirname(here)
    return None
