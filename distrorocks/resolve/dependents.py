"""Dependents: rocks whose dependencies would be unsatisfied if others were removed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from distrorocks.resolve.candidate import Candidate, Need
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version
from distrorocks.values import NamedTuple

Sight = Mapping[str, frozenset[str]]
"""For each tree's root, the roots of the trees in which its rocks find dependencies."""


class NeedyRock(NamedTuple):
    """An installed or planned rock with its needs; its place is the tree's root."""

    candidate: Candidate
    needs: tuple[Need, ...] = ()


class Dependent(NamedTuple):
    """A rock that stays, and a need of it that is satisfied now but would not be then."""

    candidate: Candidate
    need: Need


def dependents(
    rocks: Sequence[NeedyRock],
    doomed: Collection[Candidate],
    coming: Sequence[NeedyRock] = (),
    sight: Sight | None = None,
) -> list[Dependent]:
    """Return the dependents, by name, once ``doomed`` are removed and ``coming`` installed.

    A copy of the same version in another tree counts, since only the rock in one place is doomed.
    Needs that are unsatisfied already and build dependencies are ignored. Without ``sight`` every
    tree sees every other.
    """
    now = _by_name(rock.candidate for rock in rocks)
    staying = [rock for rock in rocks if rock.candidate not in doomed] + list(coming)
    then = _by_name(rock.candidate for rock in staying)
    lost = {each.name for each in doomed}
    return [
        Dependent(rock.candidate, need)
        for rock in sorted(staying, key=lambda rock: _key(rock.candidate))
        for need in rock.needs
        if need.dependency.rock_name in lost
        and not need.is_build
        and rock.candidate.name != need.dependency.rock_name
        and _is_met(rock, need, now, sight)
        and not _is_met(rock, need, then, sight)
    ]


def spared(
    rocks: Sequence[NeedyRock],
    doomed: Iterable[Candidate],
    coming: Sequence[NeedyRock] = (),
    sight: Sight | None = None,
) -> dict[Candidate, Dependent]:
    """Return those of ``doomed`` that must stay, each with a dependent.

    Removing the others leaves no need unsatisfied that is satisfied now; among alternatives the
    newest is spared.
    """
    going = sorted(set(doomed), key=_key)
    kept: dict[Candidate, Dependent] = {}
    while True:
        left = [each for each in going if each not in kept]
        broken = dependents(rocks, left, coming, sight)
        fresh = {}
        for each in broken:
            fitting = [one for one in left if meets(one, each.need.dependency)]
            if fitting:
                fresh[fitting[-1]] = each
        if not fresh:
            return kept
        kept.update(fresh)


def meets(candidate: Candidate, dependency: Dependency) -> bool:
    """Return whether a rock satisfies a dependency: its name, namespace and version."""
    return (
        candidate.name == dependency.rock_name
        and dependency.namespace in (None, candidate.namespace)
        and dependency.satisfied_by(candidate.version)
    )


def _is_met(
    rock: NeedyRock, need: Need, rocks: dict[str, list[Candidate]], sight: Sight | None
) -> bool:
    seen = sight.get(rock.candidate.place) if sight is not None else None
    return any(
        meets(each, need.dependency) and (seen is None or each.place in seen)
        for each in rocks.get(need.dependency.rock_name, ())
    )


def _by_name(candidates: Iterable[Candidate]) -> dict[str, list[Candidate]]:
    found: dict[str, list[Candidate]] = {}
    for each in candidates:
        found.setdefault(each.name, []).append(each)
    return found


def _key(candidate: Candidate) -> tuple[str, Version, str]:
    return candidate.name, candidate.version, candidate.place
