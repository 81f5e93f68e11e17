"""The effective configuration, from files, environment and defaults, as one table."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from types import MappingProxyType

from distrorocks.config.layers import Path
from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaTable
from distrorocks.rocks.platform import LINUX
from distrorocks.values import NamedTuple


class Circumstances(NamedTuple):
    """The facts on which LuaRocks' defaults and the globals of configuration files depend.

    ``lua`` has the variables for Lua's location (``LUA``, ``LUA_DIR``, ``LUA_BINDIR``);
    ``multiarch`` is the name of Debian's multiarch library directory, or "".
    """

    lua_version: str
    home: str
    environ: Mapping[str, str]
    cpu: str = "x86_64"
    multiarch: str = ""
    lua: Mapping[str, str] = MappingProxyType({})
    project_dir: str | None = None
    is_superuser: bool = False
    platforms: tuple[str, ...] = LINUX

    @property
    def home_tree(self) -> str:
        """The root of the user's own tree."""
        return joined(self.home, ".luarocks")


def joined(above: str, *below: str) -> str:
    """Join parts to a path without ``//`` and ``.``."""
    return posixpath.normpath(posixpath.join(above, *below))


class Place(NamedTuple):
    """The path of a configuration file, which may not exist; "" for none."""

    path: str = ""
    is_found: bool = False


class Places(NamedTuple):
    """The files of the three scopes, and the user's configuration directory."""

    system: Place = Place()
    user: Place = Place()
    project: Place | None = None
    user_directory: str = ""

    @property
    def nearest(self) -> str:
        """The last file that was read, else the path of the system's."""
        for place in (self.project, self.user):
            if place and place.is_found:
                return place.path
        return self.system.path


class Configuration(NamedTuple):
    """The configuration for one Lua version.

    ``table`` is complete: each key with a default in LuaRocks is present and has the right type.
    ``files`` were read, in this order. ``warnings`` list values that are ignored, and where
    distrorocks is safer than LuaRocks. ``faults`` are files that could not be read; LuaRocks fails
    on them.
    """

    table: LuaTable
    files: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    origins: Mapping[Path, str] = MappingProxyType({})
    faults: tuple[DistrorocksError, ...] = ()
    places: Places = Places()
    lua_version: str = ""
    home: str = ""
    project_dir: str | None = None

    @property
    def own(self) -> LuaTable:
        """The keys that files set, with their effective values."""
        keys = {path[0] for path, origin in self.origins.items() if origin in self.files}
        return {key: value for key, value in self.table.items() if key in keys}

    @property
    def later_trees(self) -> tuple[str, str] | None:
        """Scope and path of a file after the system's that sets ``rocks_trees``, None for none."""
        setting = {origin for path, origin in self.origins.items() if path[0] == "rocks_trees"}
        places = {"project": self.places.project, "user": self.places.user}
        found = ((scope, it.path) for scope, it in places.items() if it and it.path in setting)
        return next(found, None)

    def sound(self) -> Configuration:
        """Return this configuration, or raise the error of a file that could not be read.

        Call it before installing, removing or downloading: if a broken file were ignored, defaults
        would apply, including public servers.
        """
        if self.faults:
            raise self.faults[0]
        return self
