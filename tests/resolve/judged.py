"""One question, asked of the resolver and judged by the oracle."""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.resolve.conflict import Conflict
from distrorocks.resolve.solution import Solution
from distrorocks.resolve.solver import resolve
from tests.resolve.oracle import Oracle
from tests.resolve.universes import Question


class Judgement(NamedTuple):
    """The answer (a solution or a conflict) and what is wrong with it."""

    answer: Solution | Conflict
    faults: list[str]


def judged(question: Question) -> Judgement:
    """Return the resolver's answer with its faults; none is expected."""
    world, roots, preference, pins = question
    try:
        solution = resolve(roots, world, preference=preference, pins=pins)
    except Conflict as conflict:
        possible = Oracle(world, roots, preference, pins).is_possible()
        return Judgement(conflict, ["false 'impossible'"] if possible else [])
    oracle = Oracle(world, roots, preference, pins)
    faults = oracle.faults(solution.chosen)
    if faults or not oracle.is_possible():
        return Judgement(solution, ["false 'possible'", *faults])
    faults = oracle.better_roots(solution.chosen)
    if oracle.is_dominated(solution.chosen):
        faults.append("another set is liked better")
    return Judgement(solution, faults)
