"""Why servers that know a rock have none of it that can be taken here."""

from __future__ import annotations

from collections.abc import Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.jobs.server_rocks import ServerRocks
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.system.servers.shelf_reader import StockedServer, read_mirrors

_MOST = 4


class Elsewhere(DistrorocksError):  # noqa: N818 - what it is, not that it is one
    """A rock is there, but not for this Lua version or this machine."""


class OtherManifests:
    """The servers' manifests for the other Lua versions; they are fetched when asked for."""

    def __init__(self, servers: ServerRocks) -> None:
        self._servers = servers
        self._stocked: dict[str, list[StockedServer]] = {}

    def why_none(self, name: str) -> Elsewhere | None:
        """Return why there is none of a rock that servers know, None where they know none."""
        archs = sorted(self._archs(name))
        if archs:
            if self._servers.unbuilt:
                return Elsewhere(f"of {name} there are only built rocks, and no sources")
            mine = self._servers.arch
            return Elsewhere(f"of {name} there are only rocks for {_listed(archs)}, not for {mine}")
        versions = [each for each in LUA_VERSIONS if self._has(each, name)]
        if not versions:
            return None
        mine = self._servers.lua_version
        return Elsewhere(f"{name} is only there for Lua {_listed(versions)}, not for {mine}")

    def _archs(self, name: str) -> set[str]:
        """Return the archs that servers have for this Lua version."""
        servers = self._servers.stock().servers
        shelves = [each.shelf.rocks.get(name, {}) for each in servers]
        return {arch for shelf in shelves for archs in shelf.values() for arch in archs}

    def _has(self, lua_version: str, name: str) -> bool:
        if lua_version not in self._stocked:
            self._stocked[lua_version] = self._read(lua_version)
        return any(name in each.shelf.rocks for each in self._stocked[lua_version])

    def _read(self, lua_version: str) -> list[StockedServer]:
        found = []
        for mirrors in self._servers.groups:
            try:
                found.append(read_mirrors(self._servers.files, mirrors, lua_version))
            except DistrorocksError:
                continue  # this is about rocks that are there; nothing depends on it
        return found


def _listed(words: Sequence[str]) -> str:
    """Return words as a sentence lists them, a few of many."""
    if len(words) > _MOST:
        words = [*words[: _MOST - 1], f"{len(words) - _MOST + 1} others"]
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
