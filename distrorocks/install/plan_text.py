"""Render a plan as text: a table of its steps, and the dependency tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from distrorocks.install.step import (
    InstallRock,
    KeepRock,
    RefuseRock,
    Requirement,
    RockStep,
    place,
    verb,
)
from distrorocks.install.steps import RockPlan
from distrorocks.resolve.solution import Edge
from distrorocks.rocks.quotation import columns, padded, some

_HEAD = ("STEP", "ROCK", "VERSION", "WHERE", "NEEDED BY")
_SHORT = 3
"""Columns that are as wide as names and versions."""

_REQUESTED = "(requested)"
_MOST_NAMED = 4


def table(plan: RockPlan, most: int | None = None) -> list[str]:
    """Return the lines of a table of the steps.

    If one would be wider than ``most`` columns, the last two cells of each row have a line of their
    own.
    """
    rows = [_HEAD, *map(_row, plan.steps)]
    lines = _aligned(rows)
    if most is None or max(map(columns, lines)) <= most:
        return lines
    head, *short = _aligned([row[:_SHORT] for row in rows])
    below = [f"    {where}, {_why(by)}" for *_, where, by in rows[1:]]
    return [head, *(line for pair in zip(short, below, strict=True) for line in pair)]


def _why(by: str) -> str:
    return by.strip("()") if by == _REQUESTED else f"needed by {by}"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines with aligned columns."""
    widths = [max(map(columns, cells)) for cells in zip(*rows, strict=True)]
    return [
        "  ".join(padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def notes(plan: RockPlan) -> list[str]:
    """Return what no column of the table holds, a line each."""
    found = [f"  {step.candidate.name}: {note}" for step in plan.steps for note in _notes(step)]
    found += [
        f"  {requirer} and {required} depend on each other: {requirer} is installed first"
        for requirer, required in plan.closing
    ]
    found += [f"  {name}: not installed itself, only its dependencies" for name in plan.left_out]
    found += _commands(plan)
    return found


def _commands(plan: RockPlan) -> Iterator[str]:
    """Yield one command for all required packages, and one for alternative packages."""
    if plan.needed_command:
        rocks = ", ".join(step.candidate.name for step in plan.suggestions)
        yield f"  `{plan.needed_command}` satisfies {rocks}"
    if plan.other_command:
        rocks = ", ".join(step.candidate.name for step in plan.installs if step.packages)
        yield f"  `{plan.other_command}` would satisfy {rocks} too"


def tree(plan: RockPlan) -> list[str]:
    """Return the dependency tree as indented lines, with repeated subtrees shown once."""
    by_requirer: dict[str | None, list[Edge]] = {}
    for edge in plan.edges:
        by_requirer.setdefault(edge.requirer, []).append(edge)
    shown: set[str] = set()
    return list(_branches(plan, by_requirer, None, "", shown))


def _branches(
    plan: RockPlan,
    by_requirer: dict[str | None, list[Edge]],
    requirer: str | None,
    indent: str,
    shown: set[str],
) -> Iterator[str]:
    """Yield the lines below one rock; iterative, so depth is unlimited."""
    waiting = [(indent, edge) for edge in reversed(by_requirer.get(requirer, []))]
    while waiting:
        space, edge = waiting.pop()
        below = by_requirer.get(edge.required, [])
        again = edge.required in shown and bool(below)
        yield f"{space}{_branch(plan, edge)}{' (see above)' if again else ''}"
        if not again:
            shown.add(edge.required)
            waiting += [(f"{space}  ", one) for one in reversed(below)]


def _branch(plan: RockPlan, edge: Edge) -> str:
    step = plan.step(edge.required)
    wanted = str(edge.need.dependency)
    if step is None:
        return f"{wanted}: not installed itself"
    return f"{wanted}: {step.candidate.version}, {verb(step)} {place(step)}"


def _row(step: RockStep) -> tuple[str, ...]:
    name = step.candidate.name
    if step.candidate.namespace:
        name = f"{step.candidate.namespace}/{name}"
    version = str(step.candidate.version)
    return verb(step), name, version, place(step), _needed_by(step.requirements)


def _needed_by(requirements: Sequence[Requirement]) -> str:
    names = list(dict.fromkeys(each.requirer or _REQUESTED for each in requirements))
    return some(names, _MOST_NAMED)


def _notes(step: RockStep) -> Iterator[str]:
    """Yield the notes for one step."""
    if isinstance(step, InstallRock):
        yield step.reason
        for version in step.replaces:
            yield f"{version} in {step.tree} is removed"
        for each in step.beside:
            yield f"{each.version} is kept in {step.tree}: {each.requirer} needs it"
        if len(step.packages) > 1:
            yield f"any of the packages {', '.join(step.packages)} would satisfy this too"
    elif isinstance(step, KeepRock) and step.newer:
        yield f"{step.newer} is newer, and the installed one is kept: see --prefer=newest"
    elif isinstance(step, RefuseRock):
        yield f"{step.reason}; {step.hint}"
