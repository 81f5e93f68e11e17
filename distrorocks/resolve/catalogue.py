"""What the index said, asked once: version sets by name, needs by version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.candidate import Candidate, Index, Need, Origin
from distrorocks.resolve.preference import Limits, Preference, TooHard, pins_by_name
from distrorocks.resolve.version_set import VersionKey, VersionSet, version_key
from distrorocks.rocks.version import Version

Key = tuple[str, VersionKey]

_WORD = 64
"""Bits of a version set that count as one comparison where a version of it is ruled on."""


class Reading(NamedTuple):
    """The needs of a candidate, or the error that makes its version unusable in every place."""

    candidate: Candidate
    needs: tuple[Need, ...] = ()
    error: DistrorocksError | None = None


class NewNamespace(Exception):  # noqa: N818 - an event, not a fault
    """A need names a namespace that the rules so far did not reckon with: begin again."""


class Catalogue:
    """An index with a memory.

    ``reads`` counts the candidates whose needs were asked for, ``comparisons`` those of a version
    with a constraint, and for each version that is looked at the words of the set that it is in:
    what rules on it has sets of that size. ``TooHard`` is raised where either would pass ``limit``.
    """

    def __init__(
        self, index: Index, preference: Preference, pins: Mapping[str, Version], limit: Limits
    ) -> None:
        self._index = index
        self._preference = preference
        self._pins = pins_by_name(pins)
        self._sets: dict[str, VersionSet] = {}
        self._namespaces: dict[str, set[str]] = {}
        self._made_with: dict[str, int] = {}
        self._listed: dict[
            tuple[str, str | None], tuple[list[Candidate], DistrorocksError | None]
        ] = {}
        self._read: dict[Key, Reading] = {}
        self._asked: dict[Candidate, Reading] = {}
        #: Names with the namespaces that were wrongly looked into: see ``Guard``.
        self.guarded: dict[tuple[str, str], None] = {}
        #: Versions that a guard brought in, and nothing else: see ``askers``.
        self.idle: set[Key] = set()
        self._announced: set[Candidate] = set()
        self._limit = limit
        self.reads = 0
        self.comparisons = 0

    @property
    def namespaces_met(self) -> int:
        """How many namespaces needs have named so far, each counted with the rock."""
        return sum(map(len, self._namespaces.values()))

    def without_pin(self, name: str) -> Catalogue:
        """Return a catalogue of the same answers of the index in which a rock is not pinned."""
        pins = {each: pin for each, pin in self._pins.items() if each != name}
        other = Catalogue(self._index, self._preference, {}, self._limit)
        other._pins, other._namespaces = pins, self._namespaces
        other._listed, other._asked = self._listed, self._asked
        other.reads, other.comparisons = self.reads, self.comparisons
        return other

    def version_set(self, name: str) -> VersionSet:
        """Return the versions of a slot; it may be empty."""
        found = self._sets.get(name)
        if found is None:
            found = self._sets[name] = self._made(name)
        return found

    def admitted(self, need: Need) -> int:
        """Return the versions that fulfil a need, as bits of its slot's version set.

        Raises ``NewNamespace`` when that set had to be forgotten: all its masks are void then.
        """
        name, dependency = need.slot, need.dependency
        if dependency.namespace is not None:
            known = self._namespaces.setdefault(name, set())
            known.add(dependency.namespace)
            if len(known) != self._made_with.get(name, len(known)):
                del self._sets[name], self._made_with[name]
                raise NewNamespace(name)
        versions = self.version_set(name)
        self._count(versions.cost(dependency))
        return versions.admitted(dependency)

    def reading(self, name: str, bit: int) -> Reading:
        """Return what one version needs, from the best place where that can be read."""
        versions = self.version_set(name)
        places = versions.places(bit)
        key = name, version_key(places[0])
        found = self._read.get(key)
        if found is None:
            self._count(versions.everything.bit_length() // _WORD)
            found = self._read[key] = self._reading(places)
            if any(spaced(need) in self.guarded for need in found.needs):
                raise NewNamespace(name)
        return found

    def askers(self, name: str, namespace: str) -> dict[str, int]:
        """Return the versions read so far that need a rock with its namespace, by name.

        Those in ``idle`` are left out: asking for the rock was all that they were there for.
        """
        found: dict[str, int] = {}
        for (asker, key), reading in self._read.items():
            if (asker, key) in self.idle:
                continue
            if any(spaced(need) == (name, namespace) for need in reading.needs):
                found[asker] = found.get(asker, 0) | self.version_set(asker).bit_of(key)
        return found

    def announce(self, candidates: Iterable[Candidate]) -> None:
        """Let the index prefetch what it was not told of before."""
        fresh = [each for each in candidates if each not in self._announced]
        if fresh:
            self._announced.update(fresh)
            self._index.prefetch(fresh)

    def _count(self, comparisons: int) -> None:
        """Count comparisons; raise ``TooHard`` where there are too many."""
        self.comparisons += comparisons
        if self.comparisons > self._limit.comparisons:
            raise TooHard(f"{self._limit.comparisons} comparisons of versions")

    def _reading(self, places: Iterable[Candidate]) -> Reading:
        failed = []
        for candidate in places:
            if candidate.origin is Origin.PROVIDED:
                return Reading(candidate)
            found = self._needs(candidate)
            if not found.error:
                return found
            failed.append(found)
        return failed[0]

    def _needs(self, candidate: Candidate) -> Reading:
        found = self._asked.get(candidate)
        if found is None:
            if self.reads >= self._limit.reads:
                raise TooHard(f"the needs of {self.reads} rocks were read")
            self.reads += 1
            is_built = candidate.origin is not Origin.SERVER
            try:
                needs = self._index.dependencies(candidate)
                counted = tuple(need for need in needs if not (need.is_build and is_built))
                found = Reading(candidate, counted)
            except DistrorocksError as error:
                found = Reading(candidate, error=error)
            self._asked[candidate] = found
        return found

    def _made(self, slot: str) -> VersionSet:
        name = rock_of(slot)
        self._made_with[slot] = len(self._namespaces.get(slot, ()))
        for key in [key for key, found in self._read.items() if key[0] == slot and found.error]:
            del self._read[key]
        listed, error = self._candidates(name, None)
        spaced: list[Candidate] = []
        for namespace in sorted(self._namespaces.get(slot, ())):
            more, other_error = self._candidates(name, namespace)
            spaced += more
            error = error or other_error
        pin = None if is_apart(slot) else self._pins.get(name)
        if pin and pin.namespace is not None:
            spaced += self._candidates(name, pin.namespace)[0]
        return VersionSet(slot, listed, self._preference, spaced=spaced, pin=pin, error=error)

    def _candidates(
        self, name: str, namespace: str | None
    ) -> tuple[list[Candidate], DistrorocksError | None]:
        key = name, namespace
        if key not in self._listed:
            try:
                self._listed[key] = list(self._index.candidates(name, namespace)), None
            except DistrorocksError as error:
                self._listed[key] = [], error
        return self._listed[key]


def is_apart(slot: str) -> bool:
    """Tell whether a slot is for a version apart."""
    return "@" in slot


def rock_of(slot: str) -> str:
    """Return the name of a slot's rock."""
    return slot.partition("@")[0].rpartition("/")[2]


def spaced(need: Need) -> tuple[str, str]:
    """Return the name that a need asks for and its namespace, empty where there is none."""
    return need.dependency.rock_name, need.dependency.namespace or ""
