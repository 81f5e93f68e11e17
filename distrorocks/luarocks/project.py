"""The project of a directory, found as LuaRocks does, and the configuration with it."""

from __future__ import annotations

import os

from distrorocks.luarocks.config import Configuration, read_configuration
from distrorocks.rocks.lua_version import LuaVersion
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail

_LEVELS = 10
_NO_PROJECT = ".luarocks-no-project"


def own_project(root: str = "/") -> str | None:
    """Return the project of the working directory, or None; always None for another root."""
    if root != "/":
        return None
    try:
        return find_project(os.getcwd())
    except OSError:
        return None


def own_lua_version(root: str, jail: Jail) -> LuaVersion:
    """Return the Lua version that LuaRocks uses by default, with that of ``own_project``."""
    from distrorocks.luarocks.default_lua_version import default_lua_version

    return default_lua_version(root, jail, project=own_project(root))


def own_configuration(root: str, lua_version: str, jail: Jail) -> Configuration:
    """Return the configuration for one Lua version, with that of ``own_project``; never raise.

    Without a Lua version it is that of ``own_lua_version``; the configuration says which.
    """
    version = lua_version or own_lua_version(root, jail)
    return read_configuration(root, version, jail, project=own_project(root))


def find_project(directory: str, *, root: str = "/") -> str | None:
    """Return the nearest directory, going up, that has ``.luarocks`` and ``lua_modules``, or None.

    At most nine parents are searched, and none above a ``.luarocks-no-project``. ``directory`` is a
    path inside ``root``.
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
