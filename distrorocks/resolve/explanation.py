"""From a failed search to the error that a person reads."""

from __future__ import annotations

from distrorocks.resolve.catalogue import Catalogue
from distrorocks.resolve.conflict import Conflict
from distrorocks.resolve.core import leaves, minimal
from distrorocks.resolve.incompatibility import Asked, Incompatibility
from distrorocks.resolve.index import Need
from distrorocks.resolve.limits import Limits
from distrorocks.resolve.proof import proof
from distrorocks.resolve.relaxation import relaxations
from distrorocks.resolve.wording import joined, written

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
