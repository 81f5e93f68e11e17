"""A configuration: all that LuaRocks' files, the environment and the defaults set, as one table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from distrorocks.config.layers import Path
from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaTable


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
