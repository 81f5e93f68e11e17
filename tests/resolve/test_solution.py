"""A solution answers who requires what, and in which order rocks are installed."""

from __future__ import annotations

from distrorocks.resolve.candidate import Candidate, Need, Origin
from distrorocks.resolve.solution import Edge, Solution
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version


def solution(*edges: tuple[str | None, str]) -> Solution:
    """Return a solution of version 1.0-1 of each rock; an edge has requirer and dependency."""
    made = []
    names = set()
    for requirer, text in edges:
        dependency = Dependency.parse(text)
        names |= {dependency.name} | ({requirer} if requirer else set())
        made.append(Edge(requirer, dependency.name, Need(dependency)))
    version = Version.parse("1.0-1")
    chosen = {name: Candidate(name, version, Origin.SERVER) for name in sorted(names)}
    return Solution(chosen, tuple(made))


def test_the_requirers_of_a_rock_are_the_edges_to_it() -> None:
    """Root needs included, in order."""
    found = solution((None, "a"), ("a", "b"), ("c", "b >= 1"))
    assert [edge.requirer for edge in found.requirers("b")] == ["a", "c"]
    assert [edge.requirer for edge in found.requirers("a")] == [None]
    assert found.requirers("c") == ()


def test_what_is_reached_is_needed_by_a_root() -> None:
    """At any distance; cycles end, and what only needs others is left out."""
    found = solution((None, "a"), ("a", "b"), ("b", "c"), ("c", "a"), ("x", "b"), ("x", "y"))
    assert found.reached() == {"a", "b", "c"}
    assert solution(("a", "b")).reached() == set()


def test_an_edge_is_overridden_where_its_constraints_do_not_hold() -> None:
    """A pin overrides what rockspecs require."""
    found = solution((None, "a"), ("a", "b >= 2"), ("a", "c >= 1"))
    assert [edge.required for edge in found.overridden()] == ["b"]


def test_dependencies_are_installed_first() -> None:
    """Roots are no rocks; edges of a cycle that the order violates are listed."""
    assert solution((None, "a"), ("a", "b"), ("b", "c")).order() == (("c", "b", "a"), ())
    assert solution((None, "a"), ("a", "b"), ("b", "a")).order().closing == (("b", "a"),)
