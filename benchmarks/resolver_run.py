"""``python -m benchmarks.resolver_run ours|peer|floor UNIVERSE``: answer one universe."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

from benchmarks.measure import OURS, PEER
from benchmarks.resolver import FOUND, GIVEN_UP, MOST_SECONDS, NONE, UNIVERSES
from benchmarks.resolver_cases import Universe
from distrorocks.resolve.candidate import Candidate, Need
from distrorocks.resolve.conflict import Conflict
from distrorocks.resolve.preference import Preference, TooHard
from distrorocks.resolve.solver import resolve

_MOST_ROUNDS = 1_000_000


def by_ours(roots: list[Need], universe: Universe) -> str:
    """Return what our resolver answers."""
    try:
        resolve(roots, universe, preference=Preference.NEWEST)
    except Conflict:
        return NONE
    except TooHard:
        return GIVEN_UP
    return FOUND


class Provider:
    """A universe as resolvelib asks for it (``resolvelib.AbstractProvider``)."""

    def __init__(self, universe: Universe) -> None:
        self._universe = universe

    def identify(self, requirement_or_candidate: Need | Candidate) -> str:
        """Return the name of a rock."""
        if isinstance(requirement_or_candidate, Candidate):
            return requirement_or_candidate.name
        return requirement_or_candidate.dependency.rock_name

    def get_preference(
        self,
        identifier: str,
        resolutions: Mapping[str, Candidate],
        candidates: Mapping[str, Iterator[Candidate]],
        information: Mapping[str, Iterator[Any]],
        backtrack_causes: Sequence[Any],
    ) -> tuple[bool, int]:
        """Return the order in which names are decided: what conflicted first, as pip does."""
        del resolutions, information
        names = {self.identify(each.requirement) for each in backtrack_causes}
        return identifier not in names, sum(1 for _ in candidates[identifier])

    def find_matches(
        self,
        identifier: str,
        requirements: Mapping[str, Iterator[Need]],
        incompatibilities: Mapping[str, Iterator[Candidate]],
    ) -> list[Candidate]:
        """Return what fits all requirements, the newest first."""
        needs = list(requirements[identifier])
        refused = set(incompatibilities[identifier])
        listed = self._universe.candidates(identifier, None)
        found = [
            each
            for each in listed
            if each not in refused and all(self.is_satisfied_by(need, each) for need in needs)
        ]
        return sorted(found, key=lambda each: each.version, reverse=True)

    def is_satisfied_by(self, requirement: Need, candidate: Candidate) -> bool:
        """Return whether a candidate fits a requirement."""
        return requirement.dependency.satisfied_by(candidate.version)

    def get_dependencies(self, candidate: Candidate) -> Iterable[Need]:
        """Return what a candidate needs."""
        return self._universe.dependencies(candidate)

    def narrow_requirement_selection(
        self, identifiers: Iterable[str], *_: object, **__: object
    ) -> Iterable[str]:
        """Narrow nothing."""
        return identifiers


def by_peer(roots: list[Need], universe: Universe) -> str:
    """Return what resolvelib answers, or that it took too long."""
    peer = import_module("resolvelib")

    def give_up(*_: object) -> None:
        print(GIVEN_UP, flush=True)
        sys.stdout.close()
        raise SystemExit

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(MOST_SECONDS)
    try:
        resolver = peer.Resolver(Provider(universe), peer.BaseReporter())
        resolver.resolve(roots, max_rounds=_MOST_ROUNDS)
    except peer.ResolutionImpossible:
        return NONE
    return FOUND


def main(words: Sequence[str]) -> int:
    """Print the answer, nothing for the floor."""
    who, name = words
    universe, roots = UNIVERSES[name]()
    if who == OURS:
        print(by_ours(roots, universe))
    elif who == PEER:
        print(by_peer(roots, universe))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
