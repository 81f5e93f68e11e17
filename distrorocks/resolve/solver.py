"""The resolver: the best set of rocks that satisfies the root needs, or a proof of conflict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from distrorocks.resolve.candidate import Index, Need
from distrorocks.resolve.catalogue import Catalogue
from distrorocks.resolve.preference import Limits, Preference
from distrorocks.resolve.search import Impossible, attempt
from distrorocks.resolve.solution import Solution
from distrorocks.rocks.version import Version


def resolve(
    roots: Sequence[Need],
    index: Index,
    *,
    preference: Preference = Preference.INSTALLED,
    pins: Mapping[str, Version] | None = None,
    limit: Limits | None = None,
) -> Solution:
    """Return a set of rocks that satisfies ``roots`` and all needs of the chosen rocks.

    The solution is lexicographically optimal in the roots: the first has the version that
    ``preference`` ranks highest among all solutions, the second the highest given the first, and so
    on. Every other solution has a lower-ranked version of at least one rock chosen here. Only
    required rocks are chosen, and the result is deterministic.

    Each rock has one version; a root that ``is_apart`` has its own beside it, possibly the same.
    Needs of rocks never refer to versions apart, and pins do not apply to them.

    A need with a namespace is satisfied from that namespace only, one without from the ordinary
    manifests, or from a namespace that another need of the set names for the same rock. Namespaces
    are discovered during the search: one that is named only by rocks it never reads is not
    considered.

    Raise ``Conflict`` if there is no solution, ``TooHard`` if ``limit`` is reached first.
    """
    limit = limit or Limits()
    named = frozenset(need.dependency.rock_name for need in roots)
    catalogue = Catalogue(index, preference, pins or {}, limit, named)
    while True:
        try:
            return attempt(list(roots), catalogue, limit)
        except Impossible as impossible:
            met = catalogue.namespaces_met
            from distrorocks.resolve.proof import explained  # few runs have a conflict

            conflict = explained(impossible.rule, list(roots), catalogue, limit)
        if catalogue.namespaces_met == met:
            raise conflict
