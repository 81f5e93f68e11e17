"""Check that the installed rocks of all trees fit together; read-only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.families.installed import read_installed
from distrorocks.health.coherence import (
    Elsewhere,
    RockFinding,
    cycles,
    cyclic,
    reached,
    satisfied_by_name,
    unknown,
    unmet,
)
from distrorocks.health.diagnosis import apply_hint
from distrorocks.health.holders import observe_holders
from distrorocks.health.overlap import overlaps
from distrorocks.health.unread import UnreadTree, unread_trees
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.rocks.name import lower
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.deployed_rock import DeployedRock, Match
from distrorocks.trees.deps_mode import DepsMode, configured_mode
from distrorocks.trees.stack import Tree
from distrorocks.values import NamedTuple
from distrorocks.world.installed import Installed, look
from distrorocks.world.installed_tree import InstalledTree
from distrorocks.world.load_order import load_order

Needs = dict[DeployedRock, tuple[Dependency, ...]]
Edges = dict[DeployedRock, list[DeployedRock]]


class _Matches:
    """Cached matches of dependencies in the trees of one Lua version."""

    def __init__(self, found: Installed) -> None:
        self.found = found
        self._known: dict[tuple[Dependency, tuple[Tree, ...]], Match] = {}

    def match(self, need: Dependency, trees: Sequence[InstalledTree]) -> Match:
        """Return what satisfies a dependency in the given trees."""
        key = (need, tuple(each.tree for each in trees))
        if key not in self._known:
            self._known[key] = self.found.match(need, trees)
        return self._known[key]


class Checked(NamedTuple):
    """Findings for one Lua version, the deps_modes checked and the number of rocks.

    ``unread`` are the trees that LuaRocks would look into, but whose rocks are unknown.
    """

    lua_version: str
    modes: tuple[DepsMode, ...]
    rocks: int
    findings: tuple[RockFinding, ...]
    warnings: tuple[str, ...]
    unread: tuple[UnreadTree, ...] = ()


class Checks(NamedTuple):
    """Findings by Lua version; ``missing`` lists the names that no tree has."""

    versions: tuple[Checked, ...]
    missing: tuple[str, ...]


def check(
    root: str,
    names: Sequence[str] = (),
    *,
    modes: Sequence[DepsMode] = (),
    lua_versions: Sequence[str] = (),
) -> Checks:
    """Return the findings, limited to ``names`` and their dependencies if any are given.

    Without ``modes`` the configured deps_mode applies. Lua versions without rocks are omitted.
    """
    names = [lower(name.rpartition("/")[2]) for name in names]
    view, packages = RootView(root), read_installed(root)
    checked, known = [], set()
    with Jail() as jail:
        for version in lua_versions or LUA_VERSIONS:
            found = look(
                view,
                version,
                jail,
                library_dir=packages.library_dir,
                packages=packages.packages,
            )
            if not (found.has_rocks or found.warnings):
                continue
            order = load_order(view, found, packages.library_dir)
            holders = observe_holders(view, found, packages.packages)
            unread = unread_trees(view, found)
            shared = tuple(overlaps(holders, order.loads, unread))
            known |= {name for each in found.trees for name in each.contents.rocks}
            held = tuple(modes) or (configured_mode(found.config),)
            consulted = [each for each in unread if each.is_consulted]
            checked.append(_checked(found, names, held, jail, shared, consulted))
    missing = tuple(name for name in dict.fromkeys(names) if name not in known)
    return Checks(tuple(checked), missing)


def _checked(
    found: Installed,
    names: Sequence[str],
    modes: tuple[DepsMode, ...],
    jail: Jail,
    shared: Sequence[RockFinding],
    unread: Sequence[UnreadTree],
) -> Checked:
    """Return the findings for one Lua version."""
    needs: Needs = {}
    findings = list(_unknown(found, needs, jail))
    selected: set[DeployedRock] = set()
    for mode in modes:
        edges: Edges = {rock: [] for rock in needs}
        findings += _unsatisfied(found, mode, needs, edges, unread)
        findings += (cyclic(group, mode.value) for group in cycles(edges))
        selected |= reached(names, edges) if names else set(edges)
    findings += shared
    reported = tuple(finding for finding in findings if finding.rock in selected)
    return Checked(found.lua_version, modes, len(selected), reported, found.warnings, (*unread,))


def _unknown(found: Installed, needs: Needs, jail: Jail) -> Iterator[RockFinding]:
    """Fill ``needs`` with each rock's dependencies; yield rocks whose dependencies are unknown."""
    for tree in found.trees:
        for rock in tree.rocks:
            try:
                needs[rock] = tree.needs(rock, jail)
            except DistrorocksError as error:
                needs[rock] = ()
                yield unknown(rock, error.brief)


def _unsatisfied(
    found: Installed, mode: DepsMode, needs: Needs, edges: Edges, unread: Sequence[UnreadTree]
) -> Iterator[RockFinding]:
    """Yield the dependencies that are unsatisfied under a mode; fill ``edges``.

    Under ``none`` LuaRocks ignores dependencies, so none is unsatisfied.
    """
    if not mode.resolves:
        return
    matches = _Matches(found)
    for tree in found.trees:
        consulted = found.consulted(mode, tree.tree)
        known: dict[Dependency, RockFinding] = {}  # thousands of rocks may lack the same rock
        for rock in tree.rocks:
            for need in needs[rock]:
                match = matches.match(need, consulted)
                if match.rock:
                    edges[rock].append(match.rock)
                if not match.is_met:
                    if need not in known:
                        known[need] = _unmet(matches, rock, match, mode, unread)
                    yield known[need]._replace(rock=rock)
                elif match.is_by_name_alone:
                    yield satisfied_by_name(rock, need, mode.value)


def _unmet(
    matches: _Matches,
    rock: DeployedRock,
    match: Match,
    mode: DepsMode,
    unread: Sequence[UnreadTree],
) -> RockFinding:
    """Return the finding for an unsatisfied dependency, with what other trees have."""
    every = matches.found.trees
    listed: list[InstalledTree] = [each for each in every if each.tree.is_listed]
    elsewhere = matches.match(match.dependency, listed)
    hidden = None
    if not elsewhere.is_met:
        elsewhere = matches.match(match.dependency, every)
        home = elsewhere.rock.layout if elsewhere.rock else None
        hidden = next((each.tree for each in every if each.layout == home), None)
    listing = apply_hint(matches.found.configuration)
    return unmet(rock, match, elsewhere, mode.value, Elsewhere(hidden, listing, tuple(unread)))
