"""The resolver: the best set of rocks that satisfies the root needs, or a proof of conflict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from distrorocks.resolve.candidate import Index, Need
from distrorocks.resolve.catalogue import Catalogue
from distrorocks.resolve.core import leaves, minimal, relaxations
from distrorocks.resolve.fact import joined, written
from distrorocks.resolve.incompatibility import Asked, Incompatibility
from distrorocks.resolve.preference import Limits, Preference
from distrorocks.resolve.proof import Conflict, proof
from distrorocks.resolve.search import Impossible, attempt
from distrorocks.resolve.solution import Solution
from distrorocks.rocks.version import Version

_MOST_NAMED = 3


def explained(
    rule: Incompatibility, roots: list[Need], catalogue: Catalogue, limit: Limits
) -> Conflict:
    """Return the error for the conflict that a rule without terms proves."""
    rule = minimal(rule, lambda slot: catalogue.version_set(slot).everything)
    facts = leaves(rule)
    brief = _brief(facts)
    return Conflict(
        brief,
        proof(rule, catalogue.version_set, brief),
        relaxations(facts, roots, catalogue, limit),
        hint=_hint(facts, catalogue),
    )


def _brief(facts: list[Incompatibility]) -> str:
    """Return the summary: the root needs in the proof."""
    asked = [
        written(fact.cause.need.dependency)
        for fact in facts
        if isinstance(fact.cause, Asked) and fact.cause.owner is None
    ]
    asked = sorted(set(asked))
    if len(asked) == 1:
        return f"{asked[0]} cannot be satisfied"
    if len(asked) > _MOST_NAMED:
        return f"{len(asked)} of the requested rocks cannot be satisfied together"
    return f"{joined(asked)} cannot be satisfied together"


def _hint(facts: list[Incompatibility], catalogue: Catalogue) -> str:
    """Return the hint if a rock could not be queried, or must be upgraded manually (``@``)."""
    for fact in facts:
        if isinstance(fact.cause, Asked):
            dependency = fact.cause.need.dependency
            versions = catalogue.version_set(fact.cause.need.slot)
            if versions.error and versions.error.hint and not versions.versions:
                return versions.error.hint
            if any(each.no_upgrade for each in dependency.constraints):
                return (
                    f"the @ in '{written(dependency)}' means that {dependency.rock_name} is only "
                    "upgraded manually: upgrade it, or choose another version of what needs it"
                )
    return ""


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
            conflict = explained(impossible.rule, list(roots), catalogue, limit)
        if catalogue.namespaces_met == met:
            raise conflict
