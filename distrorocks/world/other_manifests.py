"""Why a rock that servers know has no candidates: it is there for another Lua or machine only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from distrorocks.errors import DistrorocksError, NegativeError
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.rocks.version import Version
from distrorocks.servers.choice import best_arch
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
            if best_arch(archs, mine):
                return None  # it is there, only not in the version that is asked for
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
        for lua_version, rocks in self._rocks(far=far) if names else ():
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
        for lua_version, rocks in self._rocks(far=True):
            bit = 1 << LUA_VERSIONS.index(lua_version)
            for name in rocks:
                found[name] = found.get(name, 0) | bit
        return found

    def _rocks(self, *, far: bool) -> Iterator[tuple[str, Mapping[str, Iterable[str]]]]:
        """Yield each other Lua version with the rocks of a server's manifest for it.

        Skip what cannot be read, as it only improves a message, and far servers without ``far``.
        """
        servers = self._servers
        for lua_version in LUA_VERSIONS:
            for mirrors in servers.groups if lua_version != servers.lua_version else ():
                if far or mirrors[0].is_local:
                    with suppress(DistrorocksError):
                        found = read_mirrors(servers.files, mirrors, lua_version)
                        yield lua_version, found.manifest.rocks


def _listed(items: Sequence[str]) -> str:
    """Return items joined as in a sentence, at most a few."""
    if len(items) > _MOST:
        items = [*items[: _MOST - 1], f"{len(items) - _MOST + 1} others"]
    return " and ".join(filter(None, (", ".join(items[:-1]), items[-1])))
