"""A search for an answer, begun again where a need names a namespace not reckoned with."""

from __future__ import annotations

from collections.abc import Mapping

from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.resolve.catalogue import Catalogue, NewNamespace, is_apart, spaced
from distrorocks.resolve.index import Need
from distrorocks.resolve.limits import Limits
from distrorocks.resolve.rules import Loosened, RuleBook
from distrorocks.resolve.search import Search
from distrorocks.resolve.solution import Edge, Solution
from distrorocks.resolve.version_set import version_key


def attempt(
    roots: list[Need], catalogue: Catalogue, limit: Limits, is_loosened: Loosened | None = None
) -> Solution:
    """Return the best solution, or raise ``Impossible`` or ``TooHard``.

    What the start needs is chosen first, in its order. The limits count anew with each beginning;
    there is one for each namespace that is met, none of which is met without a read.
    """
    while True:
        try:
            return _solution(roots, catalogue, limit, is_loosened)
        except NewNamespace:
            continue


def _solution(
    roots: list[Need], catalogue: Catalogue, limit: Limits, is_loosened: Loosened | None
) -> Solution:
    book = RuleBook(catalogue, is_loosened)
    first = dict.fromkeys(need.slot for need in roots)
    search = Search(book.everything, book.of_version, limit, first)
    chosen = search.run(book.start(roots), lambda: _hurry(search, catalogue))
    solution = _told(chosen, roots, catalogue)
    unasked = _unasked(chosen, solution, catalogue)
    reached = solution.reached()
    idle = {
        (slot, version_key(each)) for slot, each in solution.chosen.items() if slot not in reached
    }
    if unasked or idle - catalogue.idle:
        catalogue.guarded.update(dict.fromkeys(unasked))
        catalogue.idle |= idle
        raise NewNamespace
    return solution


def _unasked(
    chosen: Mapping[str, int], solution: Solution, catalogue: Catalogue
) -> list[tuple[str, str]]:
    """Return names and namespaces of chosen rocks that only their namespace could have found."""
    asked = {spaced(edge.need) for edge in solution.edges if not edge.need.is_apart}
    hidden = (
        (slot, catalogue.version_set(slot).hidden_namespace(bit))
        for slot, bit in chosen.items()
        if not is_apart(slot)
    )
    return [(name, space) for name, space in hidden if space and (name, space) not in asked]


def _hurry(search: Search, catalogue: Catalogue) -> None:
    """Tell the index what will be read soon."""
    states = search.trail.states
    likely: list[Candidate] = []
    for name in sorted(search.trail.undecided):
        versions = catalogue.version_set(name)
        best = versions.places(versions.best(states[name]))[0]
        if best.origin is not Origin.PROVIDED:
            likely.append(best)
    catalogue.announce(likely)


def _told(chosen: Mapping[str, int], roots: list[Need], catalogue: Catalogue) -> Solution:
    """Return the solution that the chosen bits stand for."""
    edges = [Edge(None, need.slot, need) for need in roots]
    candidates = {}
    for name in sorted(chosen):
        reading = catalogue.reading(name, chosen[name])
        candidates[name] = reading.candidate
        edges += [Edge(name, need.slot, need) for need in reading.needs]
    return Solution(candidates, tuple(edges))
