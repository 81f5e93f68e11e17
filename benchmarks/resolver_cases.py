"""Universes to time the resolver with: wide, deep, pinned releases, and ones without an answer."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from distrorocks.resolve.candidate import Candidate, Need, Origin
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version


class Universe:
    """An index of a server in memory; ``reads`` counts the rockspecs that were asked for."""

    def __init__(self) -> None:
        self._listed: dict[str, list[Candidate]] = {}
        self._needs: dict[Candidate, list[Need]] = {}
        self.reads = 0

    def add(self, name: str, version: str, *needs: str) -> None:
        """Add a version of a rock."""
        candidate = Candidate(name, Version.parse(version), Origin.SERVER, "https://rocks.example")
        self._listed.setdefault(name, []).append(candidate)
        self._needs[candidate] = roots(*needs)

    def candidates(self, name: str, namespace: str | None) -> Sequence[Candidate]:
        """Answer as an index."""
        return [] if namespace else self._listed.get(name, [])

    def dependencies(self, candidate: Candidate) -> Sequence[Need]:
        """Answer as an index."""
        self.reads += 1
        return self._needs[candidate]

    def prefetch(self, candidates: Sequence[Candidate]) -> None:
        """Do nothing: all is in memory."""


def roots(*texts: str) -> list[Need]:
    """Return needs that are spelt by texts."""
    return [Need(Dependency.parse(text)) for text in texts]


def wide(count: int) -> tuple[Universe, list[Need]]:
    """Return 5,000 rocks of about four versions each, and needs of ``count`` of them."""
    random, universe = Random(1), Universe()
    for number in range(5000):
        for minor in range(random.randint(1, 7)):
            lower = [
                random.randrange(number)
                for _ in range(random.choice([0, 1, 2, 3] if number else [0]))
            ]
            needs = [f"r{each} >= 1.0" if random.random() < 0.7 else f"r{each}" for each in lower]
            universe.add(f"r{number}", f"1.{minor}-1", *needs)
    return universe, roots(*(f"r{number}" for number in random.sample(range(2000, 5000), count)))


def deep(*, is_possible: bool = True) -> tuple[Universe, list[Need]]:
    """Return 14 libraries whose releases need different cores, and agree in the oldest at most."""
    universe = Universe()
    for major in range(1, 9):
        for minor in range(5):
            universe.add("core", f"{major}.{minor}-1")
    for library in range(14):
        parity = library % 2
        for release in range(2, 9):
            core = (2 * (release + library // 2)) % 6 + 2 + parity
            universe.add(f"lib{library}", f"{release}.0-1", f"core ~> {core}")
        if is_possible:
            universe.add(f"lib{library}", "1.0-1", "core ~> 1")
    return universe, roots(*(f"lib{library}" for library in range(14)))


def late() -> tuple[Universe, list[Need]]:
    """Return a chain whose last link contradicts the first choice."""
    universe = Universe()
    for release in range(1, 9):
        universe.add("base", f"{release}.0-1")
        for link in range(12):
            below = f"link{link + 1}" if link < 11 else "base < 4"
            universe.add(f"link{link}", f"{release}.0-1", below)
        universe.add("tool", f"{release}.0-1", f"base >= {release}.0", "link0")
    return universe, roots("tool", "link0")


def releases(count: int = 200) -> tuple[Universe, list[Need]]:
    """Return a rock each release of which pins another, whose newest fits nothing else."""
    universe = Universe()
    for release in range(count):
        universe.add("boto", f"1.{release}.0-1", f"botocore 1.{release}.0")
        universe.add("botocore", f"1.{release}.0-1", "urllib < 2" if release else "urllib >= 1")
        universe.add("old", f"1.{release}.0-1", "urllib >= 2" if release else "urllib")
    for major in (1, 2):
        universe.add("urllib", f"{major}.0-1")
    return universe, roots("boto", "urllib >= 2")


def simple() -> tuple[Universe, list[Need]]:
    """Return two rocks that need different versions of a third."""
    universe = Universe()
    for version in ("1.0-1", "1.9-1", "2.0-1", "2.1-1"):
        universe.add("shared", version)
    for version in ("1.0-1", "1.1-1"):
        universe.add("foo", version, "shared ~> 1")
        universe.add("bar", version, "baz")
        universe.add("baz", version, "shared >= 2")
    return universe, roots("foo", "bar")


def missing() -> tuple[Universe, list[Need]]:
    """Return a rock that needs one which nobody has."""
    universe = Universe()
    for minor in range(6):
        universe.add("foo", f"1.{minor}-1", "gone >= 1")
    return universe, roots("foo")


def pigeons(count: int) -> tuple[Universe, list[Need]]:
    """Return ``count`` + 1 pigeons for ``count`` holes: no answer, and no short proof."""
    universe = Universe()
    for hole in range(count):
        for owner in range(count + 1):
            universe.add(f"hole{hole}", f"{owner + 1}.0-1")
    for pigeon in range(count + 1):
        for hole in range(count):
            universe.add(f"pigeon{pigeon}", f"{hole + 1}.0-1", f"hole{hole} {pigeon + 1}.0")
    return universe, roots(*(f"pigeon{pigeon}" for pigeon in range(count + 1)))


def chain(length: int) -> tuple[Universe, list[Need]]:
    """Return rocks each of which needs the next."""
    universe = Universe()
    for link in range(length):
        needs = [f"link{link + 1}"] if link + 1 < length else []
        universe.add(f"link{link}", "1.0-1", *needs)
    return universe, roots("link0")


def many_versions(count: int) -> tuple[Universe, list[Need]]:
    """Return one rock of very many versions, all of the newest half useless."""
    universe = Universe()
    for number in range(count):
        universe.add("many", f"{number}.0-1")
    return universe, roots(f"many < {count - 10}", "many >= 5")
