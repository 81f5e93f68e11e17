"""What is true of a small universe, by a SAT solver and by looking: the judge of the resolver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from pysat.solvers import Cadical153

from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.resolve.index import Need
from distrorocks.resolve.preference import Preference
from distrorocks.rocks.version import Version
from tests.resolve.world import World

Key = tuple[str, str, str | None]


class Oracle:
    """A universe seen whole: every version of every rock with the needs that count for it."""

    def __init__(
        self,
        world: World,
        roots: Sequence[Need],
        preference: Preference,
        pins: Mapping[str, Version],
    ) -> None:
        self.world = world
        self.roots = roots
        self.preference = preference
        self.pins = pins
        self.taken: dict[Key, Candidate] = {}
        for name in {*world.listed, *(name for name, _ in world.spaced)}:
            self._look_at(name)

    def _look_at(self, name: str) -> None:
        pool = list(self.world.listed.get(name, []))
        for (spaced, namespace), candidates in self.world.spaced.items():
            if spaced == name and (name, namespace) in self.world.asked:
                pool += candidates
        provided = [each for each in pool if each.origin is Origin.PROVIDED]
        places: dict[Key, list[Candidate]] = {}
        for each in provided or pool:
            pin = None if provided else self.pins.get(name)
            if pin is None or each.version.equals(pin):
                places.setdefault(_key(each), []).append(each)
        for key, group in places.items():
            group.sort(key=self._distance)
            readable = [each for each in group if each not in self.world.broken]
            if readable:
                self.taken[key] = readable[0]

    def _distance(self, candidate: Candidate) -> int:
        order = [Origin.PROVIDED, Origin.INSTALLED, Origin.DISTRO, Origin.SERVER]
        if self.preference is Preference.DISTRO:
            order = [Origin.PROVIDED, Origin.DISTRO, Origin.INSTALLED, Origin.SERVER]
        return order.index(candidate.origin)

    def fulfils(self, candidate: Candidate, need: Need) -> bool:
        """Tell whether a candidate is what a need asks for."""
        dependency = need.dependency
        if candidate.name != dependency.rock_name:
            return False
        provided = candidate.origin is Origin.PROVIDED
        if dependency.namespace and not provided and candidate.namespace != dependency.namespace:
            return False
        return (candidate.name in self.pins and not provided) or all(
            each.admits(candidate.version) for each in dependency.constraints
        )

    def needs(self, candidate: Candidate) -> Sequence[Need]:
        """Return the needs of a candidate that count."""
        needs = self.world.needs[candidate]
        return [n for n in needs if candidate.origin is Origin.SERVER or not n.is_build]

    def faults(self, chosen: Mapping[str, Candidate]) -> list[str]:
        """Return what is wrong with a set of chosen rocks."""
        faults = [
            f"{each} is not a candidate"
            for each in chosen.values()
            if self.taken.get(_key(each)) != each
        ]
        reached: dict[str, None] = {}
        waiting: list[tuple[str, Need]] = [("the start", need) for need in self.roots]
        while waiting:
            who, need = waiting.pop()
            name = need.dependency.rock_name
            rock = chosen.get(name)
            if rock is None or not self.fulfils(rock, need):
                faults.append(f"{who} needs {need.dependency}, there is {rock}")
            elif name not in reached:
                reached[name] = None
                waiting += [(str(rock), each) for each in self.needs(rock)]
        faults += [f"nobody needs {name}" for name in chosen if name not in reached]
        return faults + [f"nobody asks for {each} by name" for each in self._unasked(chosen)]

    def _is_spaced_only(self, candidate: Candidate) -> bool:
        listed = self.world.listed.get(candidate.name, [])
        return _key(candidate) not in {_key(each) for each in listed}

    def _unasked(self, chosen: Mapping[str, Candidate]) -> Iterator[Candidate]:
        for rock in chosen.values():
            askers = [*self.roots, *(n for each in chosen.values() for n in self.needs(each))]
            if self._is_spaced_only(rock) and not any(
                need.dependency.namespace and self.fulfils(rock, need) for need in askers
            ):
                yield rock

    def is_possible(self) -> bool:
        """Tell whether any set of rocks is without fault."""
        number = {key: position for position, key in enumerate(self.taken, 1)}
        with Cadical153() as solver:
            for one, other in combinations(self.taken, 2):
                if one[0] == other[0]:
                    solver.add_clause([-number[one], -number[other]])
            for need in self.roots:
                solver.add_clause(self._fulfilling(need, number))
            for key, candidate in self.taken.items():
                for need in self.needs(candidate):
                    solver.add_clause([-number[key], *self._fulfilling(need, number)])
                if self._is_spaced_only(candidate):
                    solver.add_clause([-number[key], *self._asking(candidate, number)])
            return bool(solver.solve())

    def _fulfilling(self, need: Need, number: Mapping[Key, int]) -> list[int]:
        return [number[key] for key, each in self.taken.items() if self.fulfils(each, need)]

    def _asking(self, rock: Candidate, number: Mapping[Key, int]) -> list[int]:
        if any(n.dependency.namespace and self.fulfils(rock, n) for n in self.roots):
            return [number[_key(rock)]]
        return [
            number[key]
            for key, each in self.taken.items()
            if any(n.dependency.namespace and self.fulfils(rock, n) for n in self.needs(each))
        ]

    def better(self, chosen: Mapping[str, Candidate]) -> list[str]:
        """Return the chosen rocks that could be liked better alone, all others as they are."""
        found = []
        for name, rock in chosen.items():
            for key, other in self.taken.items():
                if key[0] == name and self._rank(other) > self._rank(rock):
                    changed = {**chosen, name: other}
                    if not self.faults(changed):
                        found.append(f"{other} instead of {rock}")
        return found

    def _rank(self, taken: Candidate) -> tuple[object, ...]:
        pool = [
            *self.world.listed.get(taken.name, []),
            *(each for group in self.world.spaced.values() for each in group),
        ]
        near = min(self._distance(each) for each in pool if _key(each) == _key(taken))
        ordinary = not self._is_spaced_only(taken)
        version = taken.version.sort_key
        match self.preference:
            case Preference.NEWEST:
                return ordinary, version
            case Preference.OLDEST:
                return ordinary, _Reversed(version)
            case _:
                return ordinary, -near, version


class _Reversed(tuple):  # type: ignore[type-arg]
    """A tuple that comes first where its elements would come last."""

    __slots__ = ()

    def __new__(cls, key: tuple[object, ...]) -> _Reversed:
        return super().__new__(cls, (key,))

    def __gt__(self, other: tuple[object, ...]) -> bool:
        return bool(self[0] < other[0])


def _key(candidate: Candidate) -> Key:
    return candidate.name, candidate.version.string, candidate.namespace
