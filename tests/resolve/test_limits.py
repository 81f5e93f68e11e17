"""Hostile universes end in bounded work, with an answer, a proof, or a clear refusal.

Work is counted, in reads, steps and comparisons, never timed.
"""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Sequence

import pytest

from benchmarks import resolver_cases as cases
from distrorocks.errors import DistrorocksError
from distrorocks.resolve.candidate import Candidate, Need, Unusable
from distrorocks.resolve.catalogue import Catalogue
from distrorocks.resolve.conflict import Conflict
from distrorocks.resolve.preference import Limits, Preference, TooHard
from distrorocks.resolve.search import Impossible, attempt
from distrorocks.resolve.solver import resolve
from distrorocks.rocks.dependency import Dependency
from tests.resolve.world import World


def test_of_ten_thousand_versions_one_is_read() -> None:
    """The one that fits is found without reading another, and each is compared twice."""
    universe, roots = cases.many_versions(10_000)
    limit = Limits(steps=2, reads=1, comparisons=20_200)
    solution = resolve(roots, universe, preference=Preference.NEWEST, limit=limit)
    assert str(solution.chosen["many"]) == "many 9989.0-1"
    assert universe.reads == 1


def test_versions_take_memory_by_their_number() -> None:
    """No more than a kilobyte for each, however many there are."""
    universe, roots = cases.many_versions(5000)
    tracemalloc.start()
    resolve(roots, universe)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5000 << 10


def test_useless_versions_are_left_after_some() -> None:
    """A rock each of whose versions lacks something else is given up, not read to its end."""
    universe = cases.Universe()
    for number in range(2000):
        universe.add("many", f"{number}.0-1", f"gone{number}")
    with pytest.raises(TooHard, match="200 rocks were read"):
        resolve(cases.roots("many"), universe, limit=Limits(reads=200))
    assert universe.reads == 200


def test_a_rock_that_compares_without_end_is_given_up() -> None:
    """A dependency list with ever other constraints on a rock of many versions has its limit."""
    universe = cases.Universe()
    for number in range(1000):
        universe.add("many", f"{number}.0-1")
    universe.add("greedy", "1.0-1", *(f"many >= {number}" for number in range(1000)))
    with pytest.raises(TooHard, match="100000 comparisons"):
        resolve(cases.roots("greedy"), universe, limit=Limits(comparisons=100_000))


def test_a_huge_dependency_list_is_solved() -> None:
    """Four hundred dependencies of one rock are chosen: each is read once and compared once."""
    universe = cases.Universe()
    for number in range(400):
        universe.add(f"leaf{number}", "1.0-1")
    universe.add("hub", "1.0-1", *(f"leaf{number} >= 1" for number in range(400)))
    limit = Limits(conflicts=0, steps=82_000, reads=401, comparisons=401)
    solution = resolve(cases.roots("hub"), universe, limit=limit)
    assert len(solution.chosen) == universe.reads == 401


def test_ten_thousand_needs_are_given_up() -> None:
    """Choosing among that many undecided rocks is counted as the work it is."""
    universe = cases.Universe()
    universe.add("leaf", "1.0-1")
    universe.add("hub", "1.0-1", *(f"gone{number}" for number in range(10_000)))
    with pytest.raises(TooHard, match="5000 steps"):
        resolve(cases.roots("hub"), universe, limit=Limits(steps=5_000))


def test_pigeons_are_given_up_after_counted_dead_ends() -> None:
    """There is no short proof for them; the refusal says that the answer is not known."""
    universe, roots = cases.pigeons(9)
    with pytest.raises(TooHard) as raised:
        resolve(roots, universe, limit=Limits(conflicts=100))
    assert raised.value.brief == ("gave up looking for compatible rocks after 100 dead ends")
    assert "not known" in raised.value.detail
    assert raised.value.hint


def test_few_pigeons_are_a_proof_that_is_cut() -> None:
    """A proof of hundreds of steps is told by its ends."""
    universe, roots = cases.pigeons(4)
    with pytest.raises(Conflict) as raised:
        resolve(roots, universe)
    numbered = [line for line in raised.value.detail.splitlines() if not line.startswith("-")]
    assert len(raised.value.steps) > 50
    assert len(numbered) <= 26
    assert any("more steps" in line for line in numbered)


def test_a_chain_is_no_recursion() -> None:
    """Rocks that need one another in a row, deeper than Python's stack, take five steps each."""
    universe, roots = cases.chain(2000)
    assert sys.getrecursionlimit() < 2000
    solution = resolve(roots, universe, limit=Limits(steps=10_000))
    assert len(solution.chosen) == 2000
    assert solution.order().names[0] == "link1999"


def test_a_chain_without_an_end_stops_at_the_limit() -> None:
    """An index that makes up needs for ever is read so often and no more."""

    class Endless(World):
        def candidates(self, name: str, namespace: str | None) -> Sequence[Candidate]:
            self.server(f"{name} 1.0-1", f"a{len(self.listed)}")
            return super().candidates(name, namespace)

    world = Endless()
    with pytest.raises(TooHard, match="50 rocks were read"):
        world.solve("a", limit=Limits(reads=50))
    assert len(world.read) == 50


@pytest.mark.parametrize("text", ["", "foo => 1", "foo ~", "foo 1.0 <", ">= 1", "foo >= \x00", "/"])
def test_garbage_in_a_dependency_is_a_reason(text: str) -> None:
    """A rock whose needs are no needs cannot be used, and the proof says why."""

    class Garbage(World):
        def dependencies(self, candidate: Candidate) -> Sequence[Need]:
            try:
                return [Need(Dependency.parse(text))]
            except DistrorocksError as error:
                raise Unusable(f"{candidate}: {error.brief}") from None

    with pytest.raises(Conflict) as raised:
        Garbage().server("rock 1.0-1").solve("rock")
    assert "cannot be used: rock 1.0-1: " in str(raised.value)
    assert str(raised.value).replace("\n", "").isprintable()


def test_strange_names_do_not_reach_the_terminal() -> None:
    """Untrusted text is reported with escaped control characters, and truncated."""
    world = World().unreadable("foo 1.0-1", "\x1b[2Jgone" + "x" * 500)
    with pytest.raises(Conflict) as raised:
        world.solve("foo")
    text = str(raised.value)
    assert text.replace("\n", "").isprintable()
    assert max(map(len, text.splitlines())) < 250


def test_an_explanation_costs_no_more_than_its_own_limits() -> None:
    """Steps of the search itself are counted, and the same question costs the same."""
    universe, roots = cases.deep(is_possible=False)
    catalogue = Catalogue(universe, Preference.NEWEST, {}, Limits())
    with pytest.raises(Impossible):
        attempt(roots, catalogue, Limits(conflicts=100, steps=5000))
    assert catalogue.reads < 60
