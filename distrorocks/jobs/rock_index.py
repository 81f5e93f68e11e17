"""Where the rocks that a closure needs come from: a folder of rock files, or servers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.jobs.world import Asked, World
from distrorocks.packaging.closure import NeededRock
from distrorocks.packaging.facts import Sources, facts_of
from distrorocks.packaging.needs import build_needs_of
from distrorocks.packaging.release import is_snapshot
from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.resolve.index import Unusable
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version
from distrorocks.system.lua.jail import Jail
from distrorocks.system.luarocks.config import read_configuration
from distrorocks.system.luarocks.project import own_project
from distrorocks.system.packaging.rock_input import RockInput, read_rock_input
from distrorocks.system.servers.rock_folder import source_files


def servers_alone(asked: Asked, lua_version: str) -> World:
    """Return a world of what can be built from servers: those of LuaRocks' configuration.

    Raises what makes the configuration unreadable.
    """
    with Jail() as jail:
        config = read_configuration(
            asked.root, lua_version, jail, project=own_project(asked.root)
        ).sound()
    return World(asked._replace(lua_version=lua_version, unbuilt=True), (), config.table)


class FolderIndex:
    """The rockspecs and ``.src.rock`` files below a folder; a packed rock counts before both."""

    def __init__(self, folder: str, jail: Jail) -> None:
        self._jail = jail
        self.warnings: list[str] = []
        self._files = source_files(folder)

    def find(self, name: str, needs: Sequence[Dependency]) -> NeededRock | None:
        """Return the best version that stands all needs and can be read."""
        files = self._files.get(name, {})
        for version in best_first(files, needs):
            path = files[version]
            try:
                rock = read_rock_input(path, jail=self._jail)
            except DistrorocksError as error:
                self.warnings.append(f"{path} is passed over: {error.brief}")
                continue
            found = rock.facts.rock, rock.facts.version
            if found == (name, version):
                return needed_rock(rock, path)
            self.warnings.append(f"{path} is passed over: it is {' '.join(found)}")
        return None

    def read(self, key: str) -> RockInput:
        """Return a rock by the key that ``find`` gave."""
        return read_rock_input(key, jail=self._jail)


class ServerIndex:
    """The rocks of servers, by their rockspecs alone."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._own: list[str] = []
        self._found: dict[str, RockInput] = {}

    @property
    def warnings(self) -> list[str]:
        """What was not as it should be so far."""
        return [*self._world.warnings, *self._own]

    def find(self, name: str, needs: Sequence[Dependency]) -> NeededRock | None:
        """Return the best version that stands all needs and can be read."""
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
                self._own.append(f"{name} {version} is passed over: {error.brief}")
                continue
            self._found[spec.place] = RockInput(facts_of(spec.rockspec, Sources()), spec.text)
            return needed_rock(self._found[spec.place], spec.place)
        return None

    def read(self, key: str) -> RockInput:
        """Return a rock by the key that ``find`` gave."""
        return self._found[key]


def needed_rock(rock: RockInput, key: str) -> NeededRock:
    """Return a rock with what it needs to be built and to run."""
    facts = rock.facts
    needs = (*facts.dependencies, *build_needs_of(facts))
    own = tuple(each for each in needs if each.rock_name not in ("lua", facts.rock))
    return NeededRock(facts.rock, facts.version, own, key, facts.modules)


def best_first(versions: Iterable[str], needs: Sequence[Dependency]) -> list[str]:
    """Return the versions that stand all needs: releases before moving targets, newest first."""
    fitting = [
        text
        for text in sorted(set(versions))
        if all(need.satisfied_by(Version.parse(text)) for need in needs)
    ]
    newest_first = sorted(fitting, key=Version.parse, reverse=True)
    return sorted(newest_first, key=is_snapshot)
