"""The explanation of a conflict: its proof in steps, and what would resolve it.

Only a run that finds no solution imports it.
"""

from __future__ import annotations

from collections.abc import Iterable

from distrorocks.resolve.candidate import Need
from distrorocks.resolve.catalogue import Catalogue
from distrorocks.resolve.conflict import Conflict, Step
from distrorocks.resolve.core import Kind, kind, leaves, minimal, relaxations
from distrorocks.resolve.fact import FactWording, Versions, Wording, asked_of, joined, written
from distrorocks.resolve.incompatibility import Asked, Incompatibility
from distrorocks.resolve.preference import Limits
from distrorocks.rocks.quotation import plain

_MOST_NAMED = 3
_MOST_PREMISES = 7

Premise = Kind | Incompatibility


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
    """Return the hint if a rock could not be queried, is nowhere, or is upgraded manually (``@``).

    One that is nowhere may be misspelled, or be of packages alone.
    """
    unknown = ""
    for fact in facts:
        if isinstance(fact.cause, Asked):
            dependency = fact.cause.need.dependency
            versions = catalogue.version_set(fact.cause.need.slot)
            if versions.error and versions.error.hint and not versions.versions:
                return versions.error.hint
            if not (versions.versions or versions.error or versions.pin):
                unknown = unknown or dependency.rock_name
            if any(each.no_upgrade for each in dependency.constraints):
                return (
                    f"the @ in '{written(dependency)}' means that {dependency.rock_name} is only "
                    "upgraded manually: upgrade it, or choose another version of what needs it"
                )
    return f"`distrorocks search {plain(unknown)}` lists rocks with such a name" if unknown else ""


def proof(rule: Incompatibility, versions: Versions, brief: str) -> tuple[Step, ...]:
    """Return the steps that derive a rule without terms, which ``brief`` states.

    Facts of one kind are one step.
    """
    facts = leaves(rule)
    wording = Wording(versions, facts)
    by_kind: dict[Kind, list[Incompatibility]] = {}
    for fact in facts:
        by_kind.setdefault(kind(fact), []).append(fact)
    facts_wording = FactWording(versions)
    order = {each: number for number, each in enumerate(_from_the_roots(by_kind))}
    if not rule.causes:
        return (Step(facts_wording.text(facts)),)
    numbers: dict[Premise, int] = {}
    steps: list[Step] = []
    for derived, premises in _arguments(rule):
        kinds = (each for each in premises if isinstance(each, tuple))
        shown = sorted(kinds, key=order.__getitem__)
        for each in shown:
            if each not in numbers:
                steps.append(Step(facts_wording.text(by_kind[each])))
                numbers[each] = len(steps)
        because = {numbers[each] for each in premises}
        if len(shown) == len(premises) == 1 and derived is not rule:
            (numbers[derived],) = because
            continue
        text = brief if derived is rule else wording.conclusion(derived)
        text += _clash([cause for each in shown for cause in _causes(by_kind[each])])
        steps.append(Step(text, tuple(sorted(because))))
        numbers[derived] = len(steps)
    return tuple(steps)


def _causes(facts: Iterable[Incompatibility]) -> list[Asked]:
    """Return the causes of facts of one kind, none if they are not needs."""
    return [fact.cause for fact in facts if isinstance(fact.cause, Asked)][:1]


def _clash(causes: Iterable[Asked]) -> str:
    """Describe the rock for which two needs have no version in common, or return ""."""
    by_slot: dict[str, dict[str | None, list[Asked]]] = {}
    for cause in causes:
        by_slot.setdefault(cause.need.slot, {}).setdefault(cause.owner, []).append(cause)
    for of_owner in by_slot.values():
        masks = [_union(asked) for asked in of_owner.values()]
        if len(masks) == 2 and all(masks) and not masks[0] & masks[1]:
            first, second = (asked[0].need.dependency for asked in of_owner.values())
            if all(len(asked) == 1 for asked in of_owner.values()):
                return f": no {first.rock_name} is both {asked_of(first)} and {asked_of(second)}"
            return f": no {first.rock_name} satisfies both"
    return ""


def _union(asked: Iterable[Asked]) -> int:
    mask = 0
    for each in asked:
        mask |= each.admitted
    return mask


def _from_the_roots(kinds: Iterable[Kind]) -> list[Kind]:
    """Sort kinds of facts from the roots down: a rock's needs after the need of that rock."""
    of_owner: dict[str | None, list[Kind]] = {}
    for each in kinds:
        of_owner.setdefault(each[0], []).append(each)
    shown: dict[Kind, None] = {}
    waiting = _by_name(of_owner.get(None, []))
    while waiting:
        each = waiting.pop()
        if each not in shown:
            shown[each] = None
            if each[1]:
                waiting += _by_name(of_owner.get(each[1].slot, []))
    return [*shown, *(each for each in kinds if each not in shown)]


def _by_name(kinds: Iterable[Kind]) -> list[Kind]:
    """Sort kinds of facts by what they need, in reverse alphabetical order."""
    return sorted(kinds, key=lambda each: each[1].slot if each[1] else "", reverse=True)


def _arguments(rule: Incompatibility) -> list[tuple[Incompatibility, list[Premise]]]:
    """Return the conclusions to show, in order of derivation, with their premises.

    A conclusion that is used once is inlined unless the premises become too many.
    """
    ordered = _after_causes(rule)
    uses: dict[Incompatibility, int] = {}
    for each in ordered:
        for cause in each.causes:
            uses[cause] = uses.get(cause, 0) + 1
    shown: dict[Incompatibility, None] = {}
    premises: dict[Incompatibility, list[Premise]] = {}
    for each in ordered:
        mine: dict[Premise, None] = {}
        parts = []
        for cause in each.causes:
            if not cause.causes:
                mine[kind(cause)] = None
            else:
                parts.append(cause)
        parts.sort(key=lambda part: len(premises[part]))
        room = _MOST_PREMISES - len(parts) + 1
        for part in parts:
            merged = dict.fromkeys([*mine, *premises[part]])
            if uses[part] == 1 and len(merged) <= room:
                mine = merged
            else:
                mine[part] = None
                shown[part] = None
        premises[each] = list(mine)
    if rule.causes:
        shown[rule] = None
    return [(each, premises[each]) for each in shown]


def _after_causes(rule: Incompatibility) -> list[Incompatibility]:
    """Return a rule and the derived rules it depends on, each after its causes."""
    done: dict[Incompatibility, None] = {}
    waiting = [(rule, False)]
    while waiting:
        each, causes_are_done = waiting.pop()
        if each in done or not each.causes:
            continue
        if causes_are_done:
            done[each] = None
            continue
        waiting.append((each, True))
        waiting += [(cause, False) for cause in reversed(each.causes)]
    return list(done)
