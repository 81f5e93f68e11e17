"""The closure of requested rocks for one Lua version, as if nothing were installed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum

from distrorocks.errors import DistrorocksError, UsageError
from distrorocks.exit_status import FAILED
from distrorocks.lua.value import LuaTable
from distrorocks.luarocks.pins_file import read_lock_file
from distrorocks.resolve.candidate import Candidate, Need, Origin
from distrorocks.resolve.conflict import Conflict
from distrorocks.resolve.solution import Solution
from distrorocks.resolve.solver import resolve
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version
from distrorocks.servers.choice import RockFile, best_arch, file_name
from distrorocks.servers.server_manifest import ALL, ROCKSPEC, SOURCE
from distrorocks.values import NamedTuple
from distrorocks.world.candidates import DistroUse, World, WorldRequest
from distrorocks.world.server_rocks import FoundRockspec


class Which(Enum):
    """Which files a mirror has.

    ``USUAL``: rocks without compiled files as servers have them, of all others the sources.
    ``SOURCES``: the sources of every rock. ``BINARIES``: binary rocks that load on this machine,
    where there are any. The values are the words of the options.
    """

    USUAL = "usual"
    SOURCES = "sources"
    BINARIES = "binaries"


class Member(NamedTuple):
    """A rock of a closure, the file of a server to take of it, and its rockspec."""

    candidate: Candidate
    file: RockFile
    found: FoundRockspec

    @property
    def file_name(self) -> str:
        """The name of its file in the mirror, which has no rockspec without its sources."""
        arch = SOURCE if self.file.arch == ROCKSPEC else self.file.arch
        return file_name(self.file.name, self.file.version, arch)

    @property
    def is_built(self) -> bool:
        """Whether it is a binary rock."""
        return self.file.is_built

    def __str__(self) -> str:
        return str(self.candidate)


class Closure(NamedTuple):
    """The rocks that satisfy a request and all their dependencies, by name; and warnings."""

    members: tuple[Member, ...]
    warnings: tuple[str, ...]


def world_request(request: WorldRequest, lua_version: str, which: Which) -> WorldRequest:
    """Return the request for the candidates of a mirror: those of servers alone."""
    return request._replace(
        lua_version=lua_version,
        distro=DistroUse.NEVER,
        unbuilt=which is Which.SOURCES,
        is_for_here=which is Which.BINARIES,
    )


def mirror_config(config: LuaTable, which: Which) -> LuaTable:
    """Return the configuration in which rocks that are built for one machine count, or not."""
    return config if which is Which.BINARIES else {**config, "arch": ALL}


def read_pins(path: str) -> dict[str, Version]:
    """Return all pins of a lock file that a user named; raise ``UsageError`` if it has none."""
    lock = read_lock_file(path, is_named=True)
    if lock is None:
        raise UsageError(f"there is no {path}", hint="name a luarocks.lock with --lock")
    pins = {**lock.test_dependencies, **lock.build_dependencies, **lock.dependencies}
    if not pins:
        raise UsageError(f"{path} pins no rock", hint="`luarocks install --pin` writes one")
    return pins


def closure(world: World, needs: Sequence[Need], pins: Mapping[str, Version]) -> Closure:
    """Return the closure of ``needs`` and of all pinned rocks, with their build dependencies.

    Raise ``Conflict`` if there is none, with the status of a failure if a server is not reachable.
    """
    if not world.servers.groups:
        raise DistrorocksError(
            f"LuaRocks' configuration for Lua {world.request.lua_version} names no rocks server",
            hint="name one with --server or --only-server, or set rocks_servers",
        )
    roots = [*needs, *_exact(pins)]
    try:
        solution = resolve(roots, world, pins=pins)
    except Conflict as conflict:
        conflict.warnings = world.warnings
        if not world.servers.is_whole():
            conflict.exit_status = FAILED
        conflict.hint = _hint(world, roots) or conflict.hint
        raise
    rocks = [each for each in solution.chosen.values() if each.origin is Origin.SERVER]
    members = [
        Member(each, world.servers.file_of(each), world.servers.rockspec(each)) for each in rocks
    ]
    return Closure(tuple(members), (*_overridden(solution), *_unpinned(solution, pins)))


def _hint(world: World, roots: Sequence[Need]) -> str:
    """Return the hint for a rock that servers have only for certain machines, "" if none is."""
    for need in roots:
        name = need.dependency.rock_name
        for server in world.servers.stock(need.dependency.namespace).servers:
            archs = [arch for of in server.manifest.rocks.get(name, {}).values() for arch in of]
            if archs and best_arch(archs, world.servers.arch) is None:
                return f"{name} is there as a binary rock only: --with-binaries takes it"
    return ""


def _exact(pins: Mapping[str, Version]) -> Iterator[Need]:
    """Yield a need for each pinned rock."""
    for name, version in pins.items():
        yield Need(Dependency.parse(f"{name} == {version}"), "luarocks.lock")


def _overridden(solution: Solution) -> Iterator[str]:
    """Yield a warning for each pin that violates a dependency."""
    for edge in solution.overridden():
        whose = edge.requirer or "the request"
        chosen = solution.chosen[edge.required]
        yield f"the lock file pins {chosen}, but {whose} needs {edge.need.dependency}"


def _unpinned(solution: Solution, pins: Mapping[str, Version]) -> Iterator[str]:
    """Yield a warning for each dependency that a lock file should pin, and does not."""
    pinned = {name.rpartition("/")[2] for name in pins}
    seen: set[str] = set()
    for edge in solution.edges if pins else ():
        chosen = solution.chosen[edge.required]
        is_free = edge.required not in pinned and chosen.origin is Origin.SERVER
        if is_free and edge.requirer is not None and edge.required not in seen:
            seen.add(edge.required)
            yield f"the lock file does not pin {chosen}, which {edge.requirer} needs"
