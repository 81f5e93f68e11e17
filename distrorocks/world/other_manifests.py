"""Why a rock that servers know has no candidates: it is there for another Lua or machine only."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from distrorocks.errors import DistrorocksError, NegativeError
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.rocks.version import Version
from distrorocks.servers.manifest_reader import read_mirrors
from distrorocks.world.server_rocks import ServerRocks

_MOST = 4


class Elsewhere(NegativeError):  # noqa: N818 - what it is, not that it is one
    """A rock exists, but not for this Lua version or machine."""


class OtherManifests:
    """The servers' manifests for the other Lua versions, fetched on demand."""

    def __init__(self, servers: ServerRocks) -> None:
        self._servers = servers
        self._versions: dict[str, int] | None = None

    def why_none(self, name: str, elsewhere: Collection[str] = ()) -> Elsewhere | None:
        """Return why a known rock has no candidates, None if it is unknown.

        ``elsewhere`` are the Lua versions for which packages or trees have it.
        """
        archs = sorted(self._archs(name))
        if archs:
            if self._servers.is_unbuilt(name):
                return Elsewhere(f"{name} is only available as binary rocks, without sources")
            mine = self._servers.arch
            return Elsewhere(f"{name} is only available for {_listed(archs)}, not for {mine}")
        if self._versions is None:
            self._versions = self._read()
        bits = self._versions.get(name, 0)
        versions = [
            each
            for place, each in enumerate(LUA_VERSIONS)
            if bits >> place & 1 or each in elsewhere
        ]
        if not versions:
            return None
        mine = self._servers.lua_version
        return Elsewhere(f"{name} is only available for Lua {_listed(versions)}, not for {mine}")

    def newest(self, names: Collection[str], *, far: bool) -> dict[str, tuple[Version, str]]:
        """Return the newest version that servers list for another Lua version, and which.

        They are those of each of ``names`` that is listed; each manifest is read once. Only with
        ``far`` are far servers asked: four more manifests are too much for a remark.
        """
        found: dict[str, list[tuple[Version, str]]] = {}
        for lua_version in LUA_VERSIONS if names else ():
            for mirrors in self._servers.groups:
                is_asked = far or mirrors[0].is_local
                if lua_version == self._servers.lua_version or not is_asked:
                    continue
                try:
                    rocks = read_mirrors(self._servers.files, mirrors, lua_version).manifest.rocks
                except DistrorocksError:
                    continue
                for name in names:
                    versions = map(Version.parse, rocks.get(name, ()))
                    found.setdefault(name, []).extend((each, lua_version) for each in versions)
        return {name: max(those, key=lambda it: it[0]) for name, those in found.items() if those}

    def _archs(self, name: str) -> set[str]:
        """Return the archs of a rock on servers for this Lua version."""
        servers = self._servers.stock().servers
        manifests = [each.manifest.rocks.get(name, {}) for each in servers]
        return {arch for manifest in manifests for archs in manifest.values() for arch in archs}

    def _read(self) -> dict[str, int]:
        """Return the Lua versions of each rock on servers, as bits.

        One manifest is at hand at a time, and nothing but names is kept of it.
        """
        found: dict[str, int] = {}
        for place, lua_version in enumerate(LUA_VERSIONS):
            if lua_version == self._servers.lua_version:
                continue
            for mirrors in self._servers.groups:
                try:
                    rocks = read_mirrors(self._servers.files, mirrors, lua_version).manifest.rocks
                except DistrorocksError:
                    continue  # only improves a message
                for name in rocks:
                    found[name] = found.get(name, 0) | 1 << place
        return found


def _listed(items: Sequence[str]) -> str:
    """Return items joined as in a sentence, at most a few."""
    if len(items) > _MOST:
        items = [*items[: _MOST - 1], f"{len(items) - _MOST + 1} others"]
    return " and ".join(filter(None, (", ".join(items[:-1]), items[-1])))
