"""Find rocks for packaging: in a directory of rock files, or on servers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from distrorocks.errors import DistrorocksError, NegativeError
from distrorocks.luarocks.project import own_configuration
from distrorocks.packaging.plan.dependencies import build_dependencies_of
from distrorocks.packaging.plan.upstream import is_snapshot
from distrorocks.packaging.scaffold.closure import NeededRock
from distrorocks.packaging.source.facts import Sources, facts_of
from distrorocks.packaging.source.rock_input import RockInput, read_rock_input
from distrorocks.resolve.candidate import Candidate, Origin, Unusable
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version
from distrorocks.servers.folder import source_files
from distrorocks.system.files.scratch import ScratchDirectory
from distrorocks.system.lua.jail import Jail
from distrorocks.world.candidates import World, WorldRequest


@contextmanager
def named_rock(
    wanted: Dependency, request: WorldRequest, lua_versions: Sequence[str]
) -> Iterator[str]:
    """Yield the path of a fetched ``.src.rock``, or of the rockspec if there are no sources.

    Prefer releases to development versions, and the newest of them, for the first Lua version that
    servers have any for. Raise ``NegativeError`` if no server has the rock.
    """
    warnings: list[str] = []
    for lua_version in lua_versions:
        with servers_alone(request, lua_version) as world, ScratchDirectory() as scratch:
            found: dict[str, Candidate] = {}
            for each in world.servers.candidates(wanted.rock_name, wanted.namespace):
                found.setdefault(each.version.string, each)
            warnings += [text for text in world.warnings if text not in warnings]
            for version in best_first(found, [wanted])[:1]:
                file = world.servers.file_of(found[version])
                yield scratch.write(file.file_name, world.servers.content(file))
                return
    raise NegativeError(
        f"no server has {wanted} as sources or rockspec",
        detail="\n".join(warnings),
        hint="name a rockspec, a .src.rock or a directory, or a server with --server",
    )


def servers_alone(request: WorldRequest, lua_version: str) -> World:
    """Return a world of rocks on servers, by default those of LuaRocks' configuration.

    Raise an error if the configuration cannot be read.
    """
    with Jail() as jail:
        config = own_configuration(request.root, lua_version, jail).sound()
    return World(request._replace(lua_version=lua_version, unbuilt=True), (), config.table)


class FolderIndex:
    """The rockspecs and ``.src.rock`` files below a directory."""

    def __init__(self, folder: str, jail: Jail) -> None:
        self._jail = jail
        self.warnings: list[str] = []
        self._files = source_files(folder)

    def find(self, name: str, needs: Sequence[Dependency]) -> NeededRock | None:
        """Return the best readable version that satisfies all dependencies."""
        files = self._files.get(name, {})
        for version in best_first(files, needs):
            path = files[version]
            try:
                rock = read_rock_input(path, jail=self._jail)
            except DistrorocksError as error:
                self.warnings.append(f"{path} is skipped: {error.brief}")
                continue
            found = rock.facts.rock, rock.facts.version
            if found == (name, version):
                return needed_rock(rock, path)
            self.warnings.append(f"{path} is skipped: it is {' '.join(found)}")
        return None

    def read(self, key: str) -> RockInput:
        """Return a rock by the key of a rock that ``find`` returned."""
        return read_rock_input(key, jail=self._jail)


class ServerIndex:
    """The rocks of servers, by their rockspecs only."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._own: list[str] = []
        self._found: dict[str, RockInput] = {}

    @property
    def warnings(self) -> list[str]:
        """The warnings so far."""
        return [*self._world.warnings, *self._own]

    def find(self, name: str, needs: Sequence[Dependency]) -> NeededRock | None:
        """Return the best readable version that satisfies all dependencies."""
        spaces = {need.namespace for need in needs if need.namespace}
        try:
            found = self._world.servers.candidates(name, min(spaces, default=None))
            by_version: dict[str, Candidate] = {}
            for each in found:
                if each.origin is Origin.SERVER:
                    by_version.setdefault(each.version.string, each)
        except DistrorocksError as error:
            self._own.append(f"{name}: {error.brief}")
            return None
        for version in best_first(by_version, needs):
            try:
                spec = self._world.servers.rockspec(by_version[version])
            except Unusable as error:
                self._own.append(f"{name} {version} is skipped: {error.brief}")
                continue
            self._found[spec.place] = RockInput(facts_of(spec.rockspec, Sources()), spec.text)
            return needed_rock(self._found[spec.place], spec.place)
        return None

    def read(self, key: str) -> RockInput:
        """Return a rock by the key of a rock that ``find`` returned."""
        return self._found[key]


def needed_rock(rock: RockInput, key: str) -> NeededRock:
    """Return a rock with its dependencies and build dependencies."""
    facts = rock.facts
    needs = (*facts.dependencies, *build_dependencies_of(facts))
    own = tuple(each for each in needs if each.rock_name not in ("lua", facts.rock))
    return NeededRock(facts.rock, facts.version, own, key, facts.modules)


def best_first(versions: Iterable[str], needs: Sequence[Dependency]) -> list[str]:
    """Return the versions that satisfy all dependencies: releases first, newest first."""
    fitting = [
        text
        for text in sorted(set(versions))
        if all(need.satisfied_by(Version.parse(text)) for need in needs)
    ]
    newest_first = sorted(fitting, key=Version.parse, reverse=True)
    return sorted(newest_first, key=is_snapshot)
