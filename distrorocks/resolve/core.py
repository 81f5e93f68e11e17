"""The few facts that alone make a question impossible, and the proof from them alone."""

from __future__ import annotations

from distrorocks.resolve.incompatibility import Asked, Guard, Incompatibility, Unread
from distrorocks.resolve.index import Need
from distrorocks.resolve.limits import Limits, TooHard
from distrorocks.resolve.search import Everything, Impossible, Search

Kind = tuple[str | None, Need | None]

_MOST_KINDS = 80
_MOST_CONFLICTS = 500
_MOST_STEPS = 1_000_000


def leaves(rule: Incompatibility) -> list[Incompatibility]:
    """Return the facts that a rule follows from, each once, in one order."""
    seen: dict[Incompatibility, None] = {}
    facts: dict[Incompatibility, None] = {}
    waiting = [rule]
    while waiting:
        each = waiting.pop()
        if each in seen:
            continue
        seen[each] = None
        causes = each.causes
        if not causes:
            facts[each] = None
        waiting += causes[::-1]
    return list(facts)


def kind(fact: Incompatibility) -> Kind:
    """Return what facts of several versions of a rock have in common: who needs what.

    The need is without its place. It is None for versions that cannot be used; both are None for
    guards of namespaces.
    """
    match fact.cause:
        case Asked(owner=owner, need=need):
            return owner, need._replace(where="", is_build=False)
        case Unread(owner=owner):
            return owner, None
        case Guard():
            return None, None
    raise TypeError("what follows from other rules is no fact")


def minimal(rule: Incompatibility, everything: Everything) -> Incompatibility:
    """Return a rule without terms that follows from as few kinds of facts as were found.

    Each kind is left out in turn; those without which the rest still proves it stay out.
    """
    facts = leaves(rule)
    kinds = list(dict.fromkeys(kind(fact) for fact in facts))
    if len(kinds) > _MOST_KINDS:
        return rule
    steps = _MOST_STEPS
    for left_out in kinds[::-1]:
        fewer = [fact for fact in facts if kind(fact) != left_out]
        if len(fewer) == len(facts):
            continue
        found, spent = _impossible(fewer, everything, steps)
        steps -= spent
        if found:
            rule, facts = found, leaves(found)
    return rule


def _impossible(
    facts: list[Incompatibility], everything: Everything, steps: int
) -> tuple[Incompatibility | None, int]:
    """Return the proof that facts leave no solution, None if none was found, and its cost."""
    of_version: dict[tuple[str, int], list[Incompatibility]] = {}
    start = []
    for fact in facts:
        owner = kind(fact)[0]
        if owner is None:
            start.append(fact)
        else:
            of_version.setdefault((owner, fact.terms[owner]), []).append(fact)
    limit = Limits(_MOST_CONFLICTS, steps)
    search = Search(everything, lambda name, bit: of_version.get((name, bit), ()), limit)
    try:
        search.run(start, lambda: None)
    except Impossible as impossible:
        return impossible.rule, search.steps
    except TooHard:
        return None, search.steps
    return None, search.steps
