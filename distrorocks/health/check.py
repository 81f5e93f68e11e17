"""Find out what is wrong among the rocks that stand in all trees; nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.families.installed import read_installed
from distrorocks.health.coherence import (
    Member,
    RockFinding,
    cycles,
    cyclic,
    hidden_rocks,
    met_by_name,
    reached,
    unknown,
    unmet,
)
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.rocks.name import lower
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.deps_mode import DepsMode, configured_mode
from distrorocks.trees.stack import Tree
from distrorocks.trees.standing import Match, StandingRock
from distrorocks.world.installed import Installed, look
from distrorocks.world.installed_tree import InstalledTree

Needs = dict[StandingRock, tuple[Dependency, ...]]
Edges = dict[StandingRock, list[StandingRock]]


class _Matches:
    """What was asked of the trees of one Lua version: each question is answered once."""

    def __init__(self, found: Installed) -> None:
        self.found = found
        self._known: dict[tuple[Dependency, tuple[Tree, ...]], Match] = {}

    def match(self, need: Dependency, trees: Sequence[InstalledTree]) -> Match:
        """Return what meets a need in some trees."""
        key = (need, tuple(each.tree for each in trees))
        if key not in self._known:
            self._known[key] = self.found.match(need, trees)
        return self._known[key]


class Checked(NamedTuple):
    """What was found for one Lua version: under which modes, of how many rocks."""

    lua_version: str
    modes: tuple[DepsMode, ...]
    rocks: int
    flaws: tuple[RockFinding, ...]
    warnings: tuple[str, ...]


class Checks(NamedTuple):
    """The findings by Lua version; ``missing`` are names that no tree has."""

    versions: tuple[Checked, ...]
    missing: tuple[str, ...]


def check(
    root: str,
    names: Sequence[str] = (),
    *,
    modes: Sequence[DepsMode] = (),
    lua_versions: Sequence[str] = (),
) -> Checks:
    """Return what is wrong, with the rocks of these names and all they need if any are given.

    Without ``modes`` the configured one holds. Lua versions without rocks are left out.
    """
    names = [lower(name.rpartition("/")[2]) for name in names]
    view, library_dir = RootView(root), read_installed(root).library_dir
    checked, known = [], set()
    with Jail() as jail:
        for version in lua_versions or LUA_VERSIONS:
            found = look(view, version, jail, library_dir=library_dir)
            if not (found.has_rocks or found.warnings):
                continue
            known |= {name for each in found.trees for name in each.contents.rocks}
            held = tuple(modes) or (configured_mode(found.config),)
            checked.append(_checked(found, names, held, jail))
    missing = tuple(name for name in dict.fromkeys(names) if name not in known)
    return Checks(tuple(checked), missing)


def _checked(
    found: Installed, names: Sequence[str], modes: tuple[DepsMode, ...], jail: Jail
) -> Checked:
    """Return what is wrong for one Lua version."""
    needs: Needs = {}
    flaws = list(_unknown(found, needs, jail))
    asked: set[StandingRock] = set()
    for mode in modes:
        edges: Edges = {rock: [] for rock in needs}
        flaws += _needs_met(found, mode, needs, edges)
        flaws += (cyclic(group, mode.value) for group in cycles(edges))
        asked |= reached(names, edges) if names else set(edges)
    flaws += hidden_rocks(list(_members(found)))
    told = tuple(flaw for flaw in flaws if flaw.rock in asked)
    return Checked(found.lua_version, modes, len(asked), told, found.warnings)


def _unknown(found: Installed, needs: Needs, jail: Jail) -> Iterator[RockFinding]:
    """Fill in what each rock needs; yield those of which nobody knows."""
    for tree in found.trees:
        for rock in tree.rocks:
            try:
                needs[rock] = tree.needs(rock, jail)
            except DistrorocksError as error:
                needs[rock] = ()
                yield unknown(rock, error.brief)


def _needs_met(
    found: Installed, mode: DepsMode, needs: Needs, edges: Edges
) -> Iterator[RockFinding]:
    """Yield the needs that are not met under a mode; fill in which rock needs which.

    Under ``none`` LuaRocks looks for nothing, and nothing is unsatisfied.
    """
    if not mode.resolves:
        return
    asked = _Matches(found)
    for tree in found.trees:
        consulted = found.consulted(mode, tree.tree)
        told: dict[Dependency, RockFinding] = {}  # thousands of rocks may lack the same
        for rock in tree.rocks:
            for need in needs[rock]:
                match = asked.match(need, consulted)
                if match.rock:
                    edges[rock].append(match.rock)
                if not match.is_met:
                    if need not in told:
                        told[need] = _unmet(asked, rock, match, mode)
                    yield told[need]._replace(rock=rock)
                elif match.is_by_name_alone:
                    yield met_by_name(rock, need, mode.value)


def _unmet(asked: _Matches, rock: StandingRock, match: Match, mode: DepsMode) -> RockFinding:
    """Return that a need is not met, with what the other trees have."""
    every = asked.found.trees
    listed: list[InstalledTree] = [each for each in every if each.tree.is_listed]
    elsewhere = asked.match(match.dependency, listed)
    hidden = None
    if not elsewhere.is_met:
        elsewhere = asked.match(match.dependency, every)
        home = elsewhere.rock.layout if elsewhere.rock else None
        hidden = next((each.tree for each in every if each.layout == home), None)
    return unmet(rock, match, elsewhere, mode.value, hidden)


def _members(found: Installed) -> Iterator[Member]:
    """Yield every rock with its modules, in the order of the trees."""
    for place, tree in enumerate(found.trees):
        for rock in tree.rocks:
            indexed = tree.indexed(rock.name, rock.version.string)
            yield Member(rock, frozenset(indexed.modules if indexed else ()), place)
