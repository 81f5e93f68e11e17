"""What holds before a configuration file is read: the user, the machine, the Lua that was found."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

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
