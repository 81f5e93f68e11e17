"""The resolver: from needs to the best set of rocks that fulfils them, or to the proof of none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.resolve.catalogue import Catalogue, NewNamespace, spaced
from distrorocks.resolve.explanation import explained
from distrorocks.resolve.index import Index, Need
from distrorocks.resolve.limits import Limits, TooHard
from distrorocks.resolve.preference import Preference
from distrorocks.resolve.rules import RuleBook
from distrorocks.resolve.search import Impossible, Search
from distrorocks.resolve.solution import Edge, Solution
from distrorocks.rocks.version import Version


def resolve(
    roots: Sequence[Need],
    index: Index,
    *,
    preference: Preference = Preference.INSTALLED,
    pins: Mapping[str, Version] | None = None,
    limit: Limits | None = None,
) -> Solution:
    """Return a set of rocks that fulfils ``roots`` and all that the chosen rocks need.

    No chosen rock could be one that ``preference`` likes better with all others as they are.
    Equal questions have equal answers. Raises ``Conflict`` when there is no such set, ``TooHard``
    when ``limit`` is reached before that is known.
    """
    limit = limit or Limits()
    catalogue = Catalogue(index, preference, pins or {})
    while True:
        try:
            return _solution(list(roots), catalogue, limit)
        except NewNamespace:
            continue


def _solution(roots: list[Need], catalogue: Catalogue, limit: Limits) -> Solution:
    book = RuleBook(catalogue)
    first = dict.fromkeys(need.slot for need in roots)
    search = Search(book.everything, book.of_version, limit, first)
    try:
        chosen = search.run(book.start(roots), lambda: _hurry(search, catalogue, limit))
    except Impossible as impossible:
        raise explained(impossible.rule, roots, catalogue, limit) from None
    solution = _told(chosen, roots, catalogue)
    unasked = _unasked(chosen, solution, catalogue)
    if unasked:
        catalogue.guarded.update(dict.fromkeys(unasked))
        raise NewNamespace
    return solution


def _unasked(
    chosen: Mapping[str, int], solution: Solution, catalogue: Catalogue
) -> list[tuple[str, str]]:
    """Return names and namespaces of chosen rocks that only their namespace could have found."""
    asked = {spaced(edge.need) for edge in solution.edges}
    hidden = (
        (name, catalogue.version_set(name).hidden_namespace(bit)) for name, bit in chosen.items()
    )
    return [(name, space) for name, space in hidden if space and (name, space) not in asked]


def _hurry(search: Search, catalogue: Catalogue, limit: Limits) -> None:
    """Tell the index what will be read soon, and stop where too much was read."""
    if catalogue.reads > limit.reads:
        raise TooHard(f"the needs of {limit.reads} rocks were read")
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
