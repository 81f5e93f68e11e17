"""The resolver: from needs to the best set of rocks that fulfils them, or to the proof of none.

From a failed search to the error that a person reads.
"""

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
    """Return the conflict that a rule without terms proves."""
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
    """Return what cannot be had: the roots that the proof rests on."""
    asked = [
        written(fact.cause.need.dependency)
        for fact in facts
        if isinstance(fact.cause, Asked) and fact.cause.owner is None
    ]
    asked = sorted(set(asked))
    if len(asked) == 1:
        return f"{asked[0]} cannot be had"
    if len(asked) > _MOST_NAMED:
        return f"{len(asked)} of the rocks that are asked for cannot be had together"
    return f"{joined(asked)} cannot be had together"


def _hint(facts: list[Incompatibility], catalogue: Catalogue) -> str:
    """Return what to do where a rock could not be looked for, or is to be upgraded by hand (@)."""
    for fact in facts:
        if isinstance(fact.cause, Asked):
            dependency = fact.cause.need.dependency
            versions = catalogue.version_set(fact.cause.need.slot)
            if versions.error and versions.error.hint and not versions.versions:
                return versions.error.hint
            if any(each.no_upgrade for each in dependency.constraints):
                return (
                    f"the @ in '{written(dependency)}' means that {dependency.rock_name} is to be "
                    "upgraded by hand: do so, or take another version of what needs it"
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
    """Return a set of rocks that fulfils ``roots`` and all that the chosen rocks need.

    The first root has the version that ``preference`` likes best of those with which there is any
    answer, the second the best with the first as it is, and so on. Any other answer has, of at
    least one rock that is chosen here, a version that is liked less. Nothing is chosen that no
    need asks for, and equal questions have equal answers.

    Each rock has one version; a root that ``is_apart`` has one of its own beside it, which may be
    the same. What rocks need is always the one that is not apart; pins say nothing of those apart.

    A need with a namespace is fulfilled from that namespace only, one without from the ordinary
    manifests, and from a namespace where the same set has a need that names it for the same rock.
    Namespaces are learned from what is read on the way: one that only rocks name which no search
    looked at is not reckoned with.

    Raises ``Conflict`` when there is no such set, ``TooHard`` when ``limit`` is reached before that
    is known.
    """
    limit = limit or Limits()
    catalogue = Catalogue(index, preference, pins or {}, limit)
    while True:
        try:
            return attempt(list(roots), catalogue, limit)
        except Impossible as impossible:
            met = catalogue.namespaces_met
            conflict = explained(impossible.rule, list(roots), catalogue, limit)
        if catalogue.namespaces_met == met:
            raise conflict
