"""Compare the rocks of an index with a distribution's packages, and order what is missing.

A rock is wanted by the rocks that depend on it, directly or by way of others. The most wanted come
first for packaging, with all that they need before them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from distrorocks.families.offer import UNKNOWN_LUAS, Offer
from distrorocks.packaging.plan.upstream import is_snapshot
from distrorocks.packaging.scaffold.closure import build_order
from distrorocks.resolve.order import components
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version
from distrorocks.values import NamedTuple

PACKAGED, BEHIND, UNSURE, MISSING = "packaged", "behind", "unsure", "missing"
STATES = (PACKAGED, BEHIND, UNSURE, MISSING)
"""``UNSURE``: a package has such a name, and nothing says that it is the rock."""

_PRE_RELEASE = re.compile(r"alpha|beta|pre|rc|[0-9][ab][0-9]")


class Having(NamedTuple):
    """A package that has a rock, or may have it: its version, and what the rock's is then.

    ``lua_versions`` are those of all packages of the rock, none if they are not known.
    """

    package: str
    package_version: str
    version: str
    lua_versions: tuple[str, ...]
    evidence: str
    is_sure: bool


class SurveyedRock(NamedTuple):
    """One rock; ``latest`` is its newest version in the index, "" if it is only needed.

    ``wanted`` counts the rocks that depend on it directly, ``wanted_by_all`` also those that do by
    way of others. ``unmet`` are dependencies of others that the package's version does not satisfy.
    """

    name: str
    latest: str
    state: str
    having: Having | None
    wanted: int = 0
    wanted_by_all: int = 0
    unmet: tuple[str, ...] = ()


class Step(NamedTuple):
    """A rock to package, in a round in which nothing needs what is packaged later.

    ``after`` are the steps that it needs, ``updates`` packaged rocks whose version is too low for
    it, ``absent`` what it needs and the index does not have.
    """

    rock: str
    version: str
    round: int
    after: tuple[str, ...]
    updates: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


class Survey(NamedTuple):
    """All rocks by name, and the steps, most wanted and dependencies first.

    ``cycles`` are steps that need each other. ``known`` counts the rocks whose dependencies are
    known.
    """

    rocks: tuple[SurveyedRock, ...]
    steps: tuple[Step, ...]
    cycles: tuple[tuple[str, ...], ...]
    known: int

    @property
    def indexed(self) -> tuple[SurveyedRock, ...]:
        """The rocks that the index has."""
        return tuple(each for each in self.rocks if each.latest)

    @property
    def absent(self) -> tuple[SurveyedRock, ...]:
        """The rocks that are needed, and neither in the index nor packaged."""
        return tuple(each for each in self.rocks if not each.latest and each.state == MISSING)

    @property
    def counts(self) -> dict[str, int]:
        """How many rocks of the index are in each state."""
        found = Counter(each.state for each in self.indexed)
        return {state: found[state] for state in STATES}


def havings_of(offers: Iterable[Offer]) -> dict[str, Having]:
    """Return the package of each rock: a sure one before others, then the newest version."""
    best: dict[str, Having] = {}
    luas: dict[str, set[str]] = {}
    for offer in offers:
        is_sure = offer.is_sure or offer.why_not == UNKNOWN_LUAS
        mine = Having(
            *(offer.package.name, offer.package.version, offer.version, (), offer.evidence, is_sure)
        )
        if offer.is_sure:
            luas.setdefault(offer.rock, set()).add(offer.lua_version)
        kept = best.get(offer.rock)
        if kept is None or _rank(kept) < _rank(mine):
            best[offer.rock] = mine
    return {
        rock: each._replace(lua_versions=tuple(sorted(luas.get(rock, ()))))
        for rock, each in best.items()
    }


def _rank(having: Having) -> tuple[bool, Version]:
    return having.is_sure, Version.parse(having.version)


def latest_of(versions: Iterable[str]) -> str:
    """Return the newest release, else the newest pre-release, else the newest snapshot."""
    newest_last = sorted(versions, key=Version.parse)
    for is_kept in (_is_release, _is_no_snapshot, bool):
        if found := list(filter(is_kept, newest_last)):
            return found[-1]
    return ""


def _is_release(version: str) -> bool:
    return not is_snapshot(version) and not _PRE_RELEASE.search(version)


def _is_no_snapshot(version: str) -> bool:
    return not is_snapshot(version)


def is_behind(version: str, latest: str) -> bool:
    """Return whether a packaged version precedes a release; revisions of rockspecs do not count."""
    if is_snapshot(latest):
        return False
    packaged, newest = (Version.parse(each.rpartition("-")[0]) for each in (version, latest))
    return packaged.precedes(newest)


def decide(
    versions: Mapping[str, Collection[str]],
    havings: Mapping[str, Having],
    needs: Mapping[str, Collection[Dependency]] = MappingProxyType({}),
    most: int = 100,
) -> Survey:
    """Return the survey of the rocks of an index, and the order of the ``most`` wanted ones.

    ``needs`` has the dependencies of rocks as far as they are known.
    """
    edges = {
        rock: {need.rock_name for need in needs[rock]} - {rock, "lua"} for rock in sorted(needs)
    }
    wanting: dict[str, set[str]] = {}
    for rock, names in edges.items():
        for name in names:
            wanting.setdefault(name, set()).add(rock)
    by_all = _wanted_by_all(wanting)
    unmet = _unmet(needs, havings)
    rocks = {
        name: SurveyedRock(
            name,
            latest := latest_of(versions.get(name, ())),
            _state(havings.get(name), latest),
            havings.get(name),
            len(wanting.get(name, ())),
            by_all.get(name, 0),
            tuple(sorted(unmet.get(name, ()))),
        )
        for name in sorted({*versions, *wanting})
    }
    chosen = _chosen(rocks, edges, most)
    order = build_order(
        {name: tuple(sorted(edges.get(name, set()) & chosen)) for name in sorted(chosen)}
    )
    rounds = {name: at for at, names in enumerate(order.levels, 1) for name in names}
    # Whoever needs a rock needs its dependencies too: the more wanted come first in any case, but
    # for cycles, whose rocks are as wanted as each other and stay in the order of the build.
    ordered = sorted(order.names, key=lambda name: -rocks[name].wanted_by_all)
    steps = tuple(
        _step(rocks, name, rounds[name], edges.get(name, set()) & chosen, needs.get(name, ()))
        for name in ordered
    )
    cycles = tuple(group for group in order.groups if len(group) > 1)
    return Survey(tuple(rocks.values()), steps, cycles, len(edges))


def _state(having: Having | None, latest: str) -> str:
    if having is None:
        return MISSING
    if not having.is_sure:
        return UNSURE
    return BEHIND if latest and is_behind(having.version, latest) else PACKAGED


def _falls_short(need: Dependency, having: Having | None) -> bool:
    """Return whether a package surely has the rock, in a version that a dependency refuses."""
    if having is None or not having.is_sure:
        return False
    return not need.satisfied_by(Version.parse(having.version))


def _unmet(
    needs: Mapping[str, Collection[Dependency]], havings: Mapping[str, Having]
) -> dict[str, set[str]]:
    """Return ``ROCK needs DEPENDENCY`` for what packages do not satisfy, by the rock they have."""
    found: dict[str, set[str]] = {}
    for rock, listed in needs.items():
        for need in listed:
            if _falls_short(need, havings.get(need.rock_name)):
                found.setdefault(need.rock_name, set()).add(f"{rock} needs {need}")
    return found


def _wanted_by_all(wanting: Mapping[str, Collection[str]]) -> dict[str, int]:
    """Return how many other rocks need each rock, directly or by way of others.

    The rocks that need one are a number with a bit for each: long chains cost little that way.
    """
    places: dict[str, int] = {}
    needing: dict[str, int] = {}
    for group in components(wanting):
        bits = 0
        for name in group:
            bits |= 1 << places.setdefault(name, len(places))
            for each in wanting.get(name, ()):
                bits |= needing.get(each, 0)
        needing.update(dict.fromkeys(group, bits))
    return {name: bits.bit_count() - 1 for name, bits in needing.items()}


def _chosen(
    rocks: Mapping[str, SurveyedRock], edges: Mapping[str, Collection[str]], most: int
) -> set[str]:
    """Return the most wanted rocks that are missing, with the missing rocks that these need."""
    chosen = {each.name for each in most_wanted(rocks.values())[:most]}
    waiting = list(chosen)
    while waiting:
        for name in edges.get(waiting.pop(), ()):
            rock = rocks[name]
            if name not in chosen and rock.latest and rock.state == MISSING:
                chosen.add(name)
                waiting.append(name)
    return chosen


def most_wanted(rocks: Iterable[SurveyedRock]) -> list[SurveyedRock]:
    """Return the rocks of the index that are missing and needed, most wanted first."""
    wanted = [each for each in rocks if each.latest and each.state == MISSING and each.wanted]
    return sorted(wanted, key=lambda each: (-each.wanted_by_all, -each.wanted, each.name))


def _step(
    rocks: Mapping[str, SurveyedRock],
    name: str,
    number: int,
    after: Collection[str],
    needs: Collection[Dependency],
) -> Step:
    others = {need.rock_name: rocks[need.rock_name] for need in needs if need.rock_name in rocks}
    updates = {
        need.rock_name
        for need in needs
        if (other := others.get(need.rock_name)) and _falls_short(need, other.having)
    }
    absent = {each.name for each in others.values() if not each.latest and each.state == MISSING}
    return Step(
        *(name, rocks[name].latest, number, tuple(sorted(after))),
        *(tuple(sorted(updates)), tuple(sorted(absent - {name}))),
    )
