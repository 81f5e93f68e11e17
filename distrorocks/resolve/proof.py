"""A proof in numbered steps: facts, and what follows from which."""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.resolve.core import Kind, kind, leaves
from distrorocks.resolve.fact import FactTeller
from distrorocks.resolve.incompatibility import Incompatibility
from distrorocks.resolve.wording import Versions, Wording

_MOST_PREMISES = 4

Premise = Kind | Incompatibility


class Step(NamedTuple):
    """One sentence of a proof: a fact, or what follows from the steps ``because`` (from 1)."""

    text: str
    because: tuple[int, ...] = ()


def proof(rule: Incompatibility, versions: Versions) -> tuple[Step, ...]:
    """Return the steps that lead to a rule without terms; facts of one kind are one step."""
    facts = leaves(rule)
    wording = Wording(versions, facts)
    by_kind: dict[Kind, list[Incompatibility]] = {}
    for fact in facts:
        by_kind.setdefault(kind(fact), []).append(fact)
    teller = FactTeller(versions, wording)
    numbers: dict[Premise, int] = {}
    steps: list[Step] = []
    for derived, premises in _arguments(rule):
        because = []
        for premise in premises:
            if premise not in numbers and isinstance(premise, tuple):
                steps.append(Step(teller.text(by_kind[premise])))
                numbers[premise] = len(steps)
            because.append(numbers[premise])
        if len(premises) == 1 and derived is not rule and isinstance(premises[0], tuple):
            numbers[derived] = because[0]
            continue
        steps.append(Step(wording.conclusion(derived), tuple(sorted(set(because)))))
        numbers[derived] = len(steps)
    if not steps:
        return tuple(Step(teller.text(each)) for each in by_kind.values())
    return tuple(steps)


def _arguments(rule: Incompatibility) -> list[tuple[Incompatibility, list[Premise]]]:
    """Return the conclusions to tell, each after those it rests on, with their premises.

    A conclusion that is used once, and that makes no argument too long, is not told by itself.
    """
    ordered = _after_causes(rule)
    uses: dict[Incompatibility, int] = {}
    for each in ordered:
        for cause in each.causes:
            uses[cause] = uses.get(cause, 0) + 1
    told: dict[Incompatibility, None] = {}
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
                told[part] = None
        premises[each] = list(mine)
    if rule.causes:
        told[rule] = None
    return [(each, premises[each]) for each in told]


def _after_causes(rule: Incompatibility) -> list[Incompatibility]:
    """Return the derived rules that one rests on, and it, each after its causes."""
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
