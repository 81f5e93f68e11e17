"""Why servers that know a rock have none of it that can be taken here."""

from __future__ import annotations

from collections.abc import Sequence

from distrorocks.errors import DistrorocksError, NegativeError
from distrorocks.jobs.server_rocks import ServerRocks
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.system.servers.shelf_reader import read_mirrors

_MOST = 4


class Elsewhere(NegativeError):  # noqa: N818 - what it is, not that it is one
    """A rock is there, but not for this Lua version or this machine."""


class OtherManifests:
    """The servers' manifests for the other Lua versions; they are fetched when asked for."""

    def __init__(self, servers: ServerRocks) -> None:
        self._servers = servers
        self._versions: dict[str, int] | None = None

    def why_none(self, name: str) -> Elsewhere | None:
        """Return why there is none of a rock that servers know, None where they know none."""
        archs = sorted(self._archs(name))
        if archs:
            if self._servers.unbuilt:
                return Elsewhere(f"of {name} there are only built rocks, and no sources")
            mine = self._servers.arch
            return Elsewhere(f"of {name} there are only rocks for {_listed(archs)}, not for {mine}")
        if self._versions is None:
            self._versions = self._read()
        bits = self._versions.get(name, 0)
        versions = [each for place, each in enumerate(LUA_VERSIONS) if bits >> place & 1]
        if not versions:
            return None
        mine = self._servers.lua_version
        return Elsewhere(f"{name} is only there for Lua {_listed(versions)}, not for {mine}")

    def _archs(self, name: str) -> set[str]:
        """Return the archs that servers have for this Lua version."""
        servers = self._servers.stock().servers
        shelves = [each.shelf.rocks.get(name, {}) for each in servers]
        return {arch for shelf in shelves for archs in shelf.values() for arch in archs}

    def _read(self) -> dict[str, int]:
        """Return the Lua versions that servers have each rock for, as bits.

        One manifest is at hand at a time, and nothing but names is kept of it.
        """
        found: dict[str, int] = {}
        for place, lua_version in enumerate(LUA_VERSIONS):
            if lua_version == self._servers.lua_version:
                continue
            for mirrors in self._servers.groups:
                try:
                    rocks = read_mirrors(self._servers.files, mirrors, lua_version).shelf.rocks
                except DistrorocksError:
                    continue  # this is about rocks that are there; nothing depends on it
                for name in rocks:
                    found[name] = found.get(name, 0) | 1 << place
        return found


def _listed(words: Sequence[str]) -> str:
    """Return words as a sentence lists them, a few of many."""
    if len(words) > _MOST:
        words = [*words[: _MOST - 1], f"{len(words) - _MOST + 1} others"]
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
