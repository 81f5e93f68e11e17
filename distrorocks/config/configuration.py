"""A configuration: all that LuaRocks' files, the environment and the defaults set, as one table.

What holds before a configuration file is read: the user, the machine, the Lua that was found.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from distrorocks.config.layers import Path
from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaTable
from distrorocks.rocks.platform import LINUX


class Circumstances(NamedTuple):
    """The facts that LuaRocks' defaults and its sandbox are made of.

    ``lua`` has the variables that tell where Lua is (``LUA``, ``LUA_DIR``, ``LUA_BINDIR``);
    ``multiarch`` is the name of Debian's directory for libraries, "" where there is none.
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
    """Return a path of parts without ``//`` and ``.``."""
    return posixpath.normpath(posixpath.join(above, *below))


class Place(NamedTuple):
    """A configuration file that is read, or would be if it were there; "" for none at all."""

    path: str = ""
    is_found: bool = False


class Places(NamedTuple):
    """The files of the three scopes, and the directory of the user's."""

    system: Place = Place()
    user: Place = Place()
    project: Place | None = None
    user_directory: str = ""

    @property
    def nearest(self) -> str:
        """The last file that was read, or where the system's would be."""
        for place in (self.project, self.user):
            if place and place.is_found:
                return place.path
        return self.system.path


class Configuration(NamedTuple):
    """What holds for one Lua version.

    ``table`` is complete: each key that LuaRocks has a default for is there, and has the type
    that it should. ``files`` were read, in this order. ``warnings`` tell what counts for nothing,
    and where distrorocks is safer than LuaRocks. ``faults`` are files that could not be read at
    all: LuaRocks itself stops at them.
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
        """The keys that files have a say in, as they hold."""
        keys = {path[0] for path, origin in self.origins.items() if origin in self.files}
        return {key: value for key, value in self.table.items() if key in keys}

    def sound(self) -> Configuration:
        """Return this configuration, or raise what is wrong with a file of it.

        Who installs, removes or downloads asks this first: without a broken file the defaults
        would hold, public servers among them.
        """
        if self.faults:
            raise self.faults[0]
        return self
