"""A cache over the index: version sets by name, needs by version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.candidate import Candidate, Index, Need, Origin
from distrorocks.resolve.preference import Limits, Preference, TooHard, pins_by_name
from distrorocks.resolve.version_set import VersionKey, VersionSet, version_key
from distrorocks.rocks.version import Version
from distrorocks.values import NamedTuple

Key = tuple[str, VersionKey]

_WORD = 64
"""Bits of a version set that count as one comparison when a rule about it is made."""


class Reading(NamedTuple):
    """The needs of a version, or the error that makes it unusable from every place."""

    candidate: Candidate
    needs: tuple[Need, ...] = ()
    error: DistrorocksError | None = None


class NewNamespace(Exception):  # noqa: N818 - an event, not a fault
    """A need names a namespace that the rules do not cover: the search must restart."""


class Catalogue:
    """A caching index.

    ``reads`` counts the candidates whose needs were read. ``comparisons`` counts comparisons of a
    version with a constraint and, for each version examined, the machine words of its set, since
    rules about it have sets of that size. ``TooHard`` is raised if either exceeds ``limit``.
    """

    def __init__(
        self,
        index: Index,
        preference: Preference,
        pins: Mapping[str, Version],
        limit: Limits,
        named: frozenset[str] = frozenset(),
    ) -> None:
        self._index = index
        self._preference = preference
        self._named = named
        self._pins = pins_by_name(pins)
        self._sets: dict[str, VersionSet] = {}
        self._namespaces: dict[str, set[str]] = {}
        self._made_with: dict[str, int] = {}
        self._listed: dict[
            tuple[str, str | None], tuple[list[Candidate], DistrorocksError | None]
        ] = {}
        self._read: dict[Key, Reading] = {}
        self._asked: dict[Candidate, Reading] = {}
        #: Names with the namespaces that need a ``Guard``.
        self.guarded: dict[tuple[str, str], None] = {}
        #: Versions that only a guard requires: see ``askers``.
        self.idle: set[Key] = set()
        self._announced: set[Candidate] = set()
        self._limit = limit
        self.reads = 0
        self.comparisons = 0

    @property
    def namespaces_met(self) -> int:
        """The number of pairs of rock and namespace that needs have named so far."""
        return sum(map(len, self._namespaces.values()))

    def without_pin(self, name: str) -> Catalogue:
        """Return a catalogue over the same cached index in which a rock is not pinned."""
        pins = {each: pin for each, pin in self._pins.items() if each != name}
        other = Catalogue(self._index, self._preference, {}, self._limit, self._named)
        other._pins, other._namespaces = pins, self._namespaces
        other._listed, other._asked = self._listed, self._asked
        other.reads, other.comparisons = self.reads, self.comparisons
        return other

    def version_set(self, name: str) -> VersionSet:
        """Return the version set of a slot, which may be empty."""
        found = self._sets.get(name)
        if found is None:
            found = self._sets[name] = self._made(name)
        return found

    def admitted(self, need: Need) -> int:
        """Return the versions that satisfy a need, as bits of its slot's version set.

        Raise ``NewNamespace`` if that set had to be discarded: all its masks are then invalid.
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
        """Return the needs of one version, from the best place where they can be read."""
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
        """Return the versions read so far that need a rock by its namespace, by name.

        Those in ``idle`` are excluded: they are chosen only because they need the rock.
        """
        found: dict[str, int] = {}
        for (asker, key), reading in self._read.items():
            if (asker, key) in self.idle:
                continue
            if any(spaced(need) == (name, namespace) for need in reading.needs):
                found[asker] = found.get(asker, 0) | self.version_set(asker).bit_of(key)
        return found

    def announce(self, candidates: Iterable[Candidate]) -> None:
        """Let the index prefetch candidates that were not announced before."""
        fresh = [each for each in candidates if each not in self._announced]
        if fresh:
            self._announced.update(fresh)
            self._index.prefetch(fresh)

    def _count(self, comparisons: int) -> None:
        """Count comparisons; raise ``TooHard`` beyond the limit."""
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
        preference = self._preference.of(name, self._named)
        return VersionSet(listed, preference, spaced=spaced, pin=pin, error=error)

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
    """Return whether a slot is for a need that is apart."""
    return "@" in slot


def rock_of(slot: str) -> str:
    """Return the name of a slot's rock."""
    return slot.partition("@")[0].rpartition("/")[2]


def spaced(need: Need) -> tuple[str, str]:
    """Return the name and the namespace ("" for none) of a need."""
    return need.dependency.rock_name, need.dependency.namespace or ""
