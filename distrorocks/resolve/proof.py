"""The proof of a conflict as numbered steps, and the error that reports it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from distrorocks.errors import NegativeError
from distrorocks.resolve.core import Kind, Relaxation, kind, leaves
from distrorocks.resolve.fact import FactWording, Versions, Wording, asked_of
from distrorocks.resolve.incompatibility import Asked, Incompatibility
from distrorocks.values import NamedTuple

_MOST_SHOWN = 24


class Conflict(NegativeError):  # noqa: N818 - the established name
    """No set of rocks satisfies all needs: ``steps`` prove it, ``relaxations`` would resolve it.

    ``warnings`` list what could not be read and is therefore missing from the proof.
    """

    def __init__(
        self,
        brief: str,
        steps: Sequence[Step],
        relaxations: Sequence[Relaxation] = (),
        *,
        hint: str = "",
    ) -> None:
        self.steps = tuple(steps)
        self.relaxations = tuple(relaxations)
        self.warnings: tuple[str, ...] = ()
        lines = _numbered(self.steps)
        if self.relaxations:
            lines += ["what would help:", *(f"- {each.text}" for each in self.relaxations)]
        super().__init__(brief, detail="\n".join(lines), hint=hint)


def _numbered(steps: Sequence[Step]) -> list[str]:
    """Return the steps as lines, only the first and last ones of a very long proof.

    A step derived from all previous ones does not list them.
    """
    lines = []
    for number, step in enumerate(steps, 1):
        follows = ""
        if len(step.because) < number - 1:
            follows = f" (from {', '.join(map(str, step.because))})" if step.because else ""
        lines.append(f"{number}. {'so ' if step.because else ''}{step.text}{follows}")
    if len(lines) > _MOST_SHOWN:
        half = _MOST_SHOWN // 2
        left_out = len(lines) - 2 * half
        lines[half:-half] = [f"... ({left_out} more steps)"]
    return lines


_MOST_PREMISES = 7

Premise = Kind | Incompatibility


class Step(NamedTuple):
    """One sentence of a proof: a fact, or a conclusion from the steps ``because`` (from 1)."""

    text: str
    because: tuple[int, ...] = ()


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
