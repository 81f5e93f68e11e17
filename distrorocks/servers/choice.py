"""The choice among the files of one version of a rock on several servers.

The rules are LuaRocks' (``find_suitable_rock``): a built rock before one of sources, that before a
bare rockspec; among equal built rocks the last server's wins, among others the first server's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from distrorocks.servers.address import Address
from distrorocks.servers.server_manifest import ALL, ROCKSPEC, SOURCE
from distrorocks.values import NamedTuple


class RockFile(NamedTuple):
    """One file of one version of a rock, on a server."""

    server: Address
    name: str
    version: str
    arch: str

    @property
    def file_name(self) -> str:
        """The file's name."""
        return file_name(self.name, self.version, self.arch)

    @property
    def place(self) -> str:
        """The URL or path of the file."""
        return self.server.file(self.file_name)

    @property
    def is_built(self) -> bool:
        """Whether it contains the built files, so that nothing has to be built."""
        return self.arch not in (ROCKSPEC, SOURCE)

    def __str__(self) -> str:
        return f"{self.server}/{self.file_name}"


def file_name(name: str, version: str, arch: str) -> str:
    """Return the name of a rock's file."""
    rest = ROCKSPEC if arch == ROCKSPEC else f"{arch}.rock"
    return f"{name}-{version}.{rest}"


def best_arch(archs: Iterable[str], own: str, *, unbuilt: bool = False) -> str | None:
    """Return the arch of the file to use among one server's files of a version, or None.

    ``own`` is this machine's arch, preferred among built rocks. ``unbuilt`` considers only files
    that the rock can be built from.
    """
    wanted = (SOURCE, ROCKSPEC) if unbuilt else (own, ALL, SOURCE, ROCKSPEC)
    there = set(archs)
    return next((arch for arch in wanted if arch in there), None)


def in_order(files: Sequence[RockFile]) -> list[RockFile]:
    """Sort the servers' files of one version, given in the order of servers, best first."""
    built = [each for each in files if each.is_built]
    sources = [each for each in files if each.arch == SOURCE]
    return built[::-1] + sources + [each for each in files if each.arch == ROCKSPEC]
