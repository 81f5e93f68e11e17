"""What is true of a small universe, by a SAT solver and by looking: the judge of the resolver.

It shares no code with the resolver but the values. Everything is written down at once: each
version of each rock, and for each root that is apart each version of its rock once more. Of
namespaces it knows those that the resolver met: which there are is known only to who reads all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from pysat.solvers import Cadical153

from distrorocks.resolve.candidate import Candidate, Need, Origin
from distrorocks.resolve.preference import Preference
from distrorocks.rocks.version import Version
from tests.resolve.world import World


class Choice(NamedTuple):
    """A version of a rock in a slot: the name, or that of a root that is apart."""

    slot: str
    version: str
    namespace: str | None


class Oracle:
    """A universe seen whole: every choice with the candidate that stands for it."""

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
        self.taken: dict[Choice, Candidate] = {}
        self.places: dict[Choice, list[Candidate]] = {}
        names = {*world.listed, *(name for name, _ in world.spaced)}
        slots = {name: name for name in names}
        slots.update({need.slot: need.dependency.rock_name for need in roots})
        for slot, name in slots.items():
            self._look_at(slot, name)
        self.number = {choice: position for position, choice in enumerate(self.taken, 1)}

    def _look_at(self, slot: str, name: str) -> None:
        pool = list(self.world.listed.get(name, []))
        own = {need.dependency.namespace for need in self.roots if need.slot == slot}
        for (spaced, namespace), candidates in self.world.spaced.items():
            met = (name, namespace) in self.world.asked
            if spaced == name and met and (slot == name or namespace in own):
                pool += candidates
        provided = [each for each in pool if each.origin is Origin.PROVIDED]
        pin = None if provided or slot != name else self.pins.get(name)
        for each in provided or pool:
            if pin is None or each.version.equals(pin):
                choice = Choice(slot, each.version.string, each.namespace)
                self.places.setdefault(choice, []).append(each)
        for choice, group in self.places.items():
            group.sort(key=self._distance)
            readable = [each for each in group if each not in self.world.broken]
            if readable:
                self.taken[choice] = readable[0]

    def _distance(self, candidate: Candidate) -> int:
        order = [Origin.PROVIDED, Origin.INSTALLED, Origin.DISTRO, Origin.SERVER]
        if self.preference is Preference.DISTRO:
            order = [Origin.PROVIDED, Origin.DISTRO, Origin.INSTALLED, Origin.SERVER]
        return order.index(candidate.origin)

    def fulfils(self, slot: str, candidate: Candidate, need: Need) -> bool:
        """Tell whether a candidate in a slot is what a need asks for."""
        dependency = need.dependency
        if need.slot != slot:
            return False
        provided = candidate.origin is Origin.PROVIDED
        if dependency.namespace and not provided and candidate.namespace != dependency.namespace:
            return False
        is_pinned = slot in self.pins and not provided
        return is_pinned or all(each.admits(candidate.version) for each in dependency.constraints)

    def needs(self, candidate: Candidate) -> Sequence[Need]:
        """Return the needs of a candidate that count."""
        needs = self.world.needs[candidate]
        return [n for n in needs if candidate.origin is Origin.SERVER or not n.is_build]

    def faults(self, chosen: Mapping[str, Candidate]) -> list[str]:
        """Return what is wrong with a set of chosen rocks."""
        faults = [
            f"{each} is not a candidate"
            for slot, each in chosen.items()
            if self.taken.get(_choice(slot, each)) != each
        ]
        reached: dict[str, None] = {}
        waiting: list[tuple[str, Need]] = [("the start", need) for need in self.roots]
        while waiting:
            who, need = waiting.pop()
            rock = chosen.get(need.slot)
            if rock is None or not self.fulfils(need.slot, rock, need):
                faults.append(f"{who} needs {need.dependency}, there is {rock}")
            elif need.slot not in reached:
                reached[need.slot] = None
                waiting += [(str(rock), each) for each in self.needs(rock)]
        faults += [f"nobody needs {name}" for name in chosen if name not in reached]
        return faults + [f"nobody asks for {each} by name" for each in self._unasked(chosen)]

    def _is_spaced_only(self, candidate: Candidate) -> bool:
        listed = self.world.listed.get(candidate.name, [])
        known = {(each.version.string, each.namespace) for each in listed}
        return (candidate.version.string, candidate.namespace) not in known

    def _unasked(self, chosen: Mapping[str, Candidate]) -> Iterator[Candidate]:
        askers = [*self.roots, *(n for each in chosen.values() for n in self.needs(each))]
        for slot, rock in chosen.items():
            if (
                slot == rock.name
                and self._is_spaced_only(rock)
                and not any(_names(need, rock) for need in askers)
            ):
                yield rock

    def is_possible(self) -> bool:
        """Tell whether any set of rocks is without fault."""
        return self._stands([])

    def better_roots(self, chosen: Mapping[str, Candidate]) -> list[str]:
        """Return the roots that could be liked better, those before them as they are."""
        found = []
        fixed: list[list[int]] = []
        for slot in dict.fromkeys(need.slot for need in self.roots):
            mine = _choice(slot, chosen[slot])
            liked = [n for c, n in self.number.items() if c.slot == slot and self._beats(c, mine)]
            if self._stands([*fixed, liked]):
                found.append(f"{slot} could be better than {chosen[slot]}")
            fixed.append([self.number[mine]])
        return found

    def is_dominated(self, chosen: Mapping[str, Candidate]) -> bool:
        """Tell whether some other set has no version liked less of any chosen rock."""
        mine = {slot: _choice(slot, each) for slot, each in chosen.items()}
        worse = [
            [-number]
            for choice, number in self.number.items()
            if choice.slot in mine and self._beats(mine[choice.slot], choice)
        ]
        return self._stands([*worse, [-self.number[each] for each in mine.values()]])

    def _stands(self, more: Iterable[list[int]]) -> bool:
        """Tell whether some set is without fault and fulfils more clauses."""
        number = self.number
        with Cadical153() as solver:
            for one, other in combinations(self.taken, 2):
                if one.slot == other.slot:
                    solver.add_clause([-number[one], -number[other]])
            for need in self.roots:
                solver.add_clause(self._fulfilling(need))
            for choice, candidate in self.taken.items():
                for need in self.needs(candidate):
                    solver.add_clause([-number[choice], *self._fulfilling(need)])
                if choice.slot == candidate.name and self._is_spaced_only(candidate):
                    solver.add_clause([-number[choice], *self._asking(choice, candidate)])
            for clause in more:
                solver.add_clause(clause)
            while solver.solve():
                model = solver.get_model()
                if not any(self._unasked(self._needed(model))):
                    return True
                solver.add_clause([-literal for literal in model])
            return False

    def _needed(self, model: Sequence[int]) -> dict[str, Candidate]:
        """Return the rocks of a model that the roots lead to."""
        true = set(model)
        there = {c.slot: each for c, each in self.taken.items() if self.number[c] in true}
        needed: dict[str, Candidate] = {}
        waiting = list(self.roots)
        while waiting:
            slot = waiting.pop().slot
            if slot not in needed:
                needed[slot] = there[slot]
                waiting += self.needs(there[slot])
        return needed

    def _fulfilling(self, need: Need) -> list[int]:
        return [
            self.number[c] for c, each in self.taken.items() if self.fulfils(c.slot, each, need)
        ]

    def _asking(self, choice: Choice, rock: Candidate) -> list[int]:
        if any(_names(need, rock) for need in self.roots):
            return [self.number[choice]]
        return [
            self.number[other]
            for other, each in self.taken.items()
            if any(_names(need, rock) for need in self.needs(each))
        ]

    def _beats(self, one: Choice, other: Choice) -> bool:
        return self._rank(one) > self._rank(other)

    def _rank(self, choice: Choice) -> tuple[object, ...]:
        near = min(self._distance(each) for each in self.places[choice])
        ordinary = not self._is_spaced_only(self.taken[choice])
        space = choice.namespace
        version = (self.taken[choice].version, space is None, space or "")
        named = {need.dependency.rock_name for need in self.roots}
        match self.preference:
            case Preference.NAMED if self.taken[choice].name in named:
                return ordinary, version
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


def _choice(slot: str, candidate: Candidate) -> Choice:
    return Choice(slot, candidate.version.string, candidate.namespace)


def _names(need: Need, rock: Candidate) -> bool:
    """Tell whether a need names a rock with its namespace."""
    return (need.slot, need.dependency.namespace) == (rock.name, rock.namespace)
