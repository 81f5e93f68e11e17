"""The reasons for what does not fit together, and the rocks that a check is limited to."""

from __future__ import annotations

from distrorocks.health.coherence import cycles, cyclic, reached, unmet
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version
from distrorocks.trees.deployed_rock import DeployedRock, Match, match
from distrorocks.trees.layout import tree_layout


def rock(name: str, version: str = "1.0-1", tree: str = "/t") -> DeployedRock:
    """Return a rock of a tree."""
    return DeployedRock(name, Version.parse(version), tree_layout(tree, "5.4"), None)


def found(need: str, *rocks: DeployedRock) -> Match:
    """Return what satisfies a dependency among some rocks."""
    return match(Dependency.parse(need), {}, rocks)


A, B, C = rock("a"), rock("b"), rock("c")


def test_a_cycle_is_one_group_and_a_rock_that_needs_itself_too() -> None:
    """Rocks that only lead to a cycle are not in it."""
    edges = {A: [B], B: [A], C: [C, A]}
    assert sorted(cycles(edges)) == [(A, B), (C,)]
    assert cyclic((A, B), "all").reason == "a 1.0-1, b 1.0-1 depend on each other"
    assert cyclic((C,), "all").reason == "it depends on itself"


def test_a_check_of_named_rocks_reaches_what_they_need() -> None:
    """In all steps, and nothing else."""
    assert reached(["a"], {A: [B], B: [C], C: []}) == {A, B, C}
    assert reached(["b"], {A: [B], B: [], C: [A]}) == {B}


def test_an_unsatisfied_dependency_lists_few_of_many_versions() -> None:
    """The others are counted."""
    many = [rock("b", f"1.{number}-1") for number in range(10)]
    finding = unmet(A, found("b > 2", *many), found("b > 2", *many), "all", None)
    assert finding.reason.endswith("and 2 more")
    assert finding.hint == "install b > 2 into /t"
