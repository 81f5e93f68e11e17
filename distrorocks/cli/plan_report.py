"""Print a plan as text or JSON."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from distrorocks.cli.report import print_line, print_prose, terminal_width, warn
from distrorocks.families.distribution import read_distribution
from distrorocks.families.known import installed_families, leading_family
from distrorocks.install.plan import Planned
from distrorocks.install.plan_text import notes, table, tree
from distrorocks.install.step import (
    InstallRock,
    KeepRock,
    RefuseRock,
    RockStep,
    SuggestPackage,
    verb,
)
from distrorocks.install.steps import RockPlan
from distrorocks.resolve.conflict import Conflict


def print_plan(found: Planned, *, with_tree: bool) -> None:
    """Print warnings and the table of a plan, and with ``with_tree`` its dependency tree."""
    for text in found.warnings:
        warn(text)
    plan = found.plan
    if not plan.steps:
        print_line("nothing to do")
        return
    print_prose(_heading(found))
    print_line()
    for line in table(plan, terminal_width()):
        print_prose(line)
    below = notes(plan)
    if below:
        print_line()
    for line in below:
        print_prose(line)
    if with_tree:
        print_line()
        for line in tree(plan):
            print_prose(line)


def _heading(found: Planned) -> str:
    """Return the heading: Lua version, target tree with its reason, deps_mode."""
    site, plan = found.site, found.plan
    version, reason = site.installed.lua_version, site.target.reason
    return f"for Lua {version}, into {plan.target} ({reason}), deps_mode {site.mode}"


def graph_text(plan: RockPlan, form: str) -> str:
    """Return a plan as a graph: ``dot``, or ``svg`` rendered by Graphviz."""
    from distrorocks.install.plan_graph import dot, plan_graph
    from distrorocks.system.processes.graphviz import svg

    graph = plan_graph(plan)
    text = dot(graph)
    if form == "dot":
        return text
    distribution = read_distribution("/")
    family = leading_family(installed_families("/"))
    install = family.install_command((distribution.id, *distribution.id_like))
    return svg(text, boxes=len(graph.boxes), install=install)


@contextmanager
def conflict_warned() -> Iterator[None]:
    """Print a conflict's warnings before re-raising it: unreadable input may have caused it."""
    try:
        yield
    except Conflict as conflict:
        for text in conflict.warnings:
            warn(text)
        raise


def plan_json(found: Planned) -> dict[str, object]:
    """Return a plan as JSON."""
    plan = found.plan
    return {
        "lua_version": found.site.installed.lua_version,
        "target": plan.target,
        "target_reason": found.site.target.reason,
        "deps_mode": str(found.site.mode),
        "lock_file": found.lock_file,
        "steps": [_step(step) for step in plan.steps],
        "edges": _edges(plan),
        "cycles": [list(pair) for pair in plan.closing],
        "left_out": list(plan.left_out),
        "package_commands": {"needed": plan.needed_command, "instead": plan.other_command},
        "warnings": list(found.warnings),
    }


def conflict_json(conflict: Conflict) -> dict[str, object]:
    """Return the proof that no plan exists, as JSON."""
    return {
        "conflict": conflict.brief,
        "steps": [{"text": each.text, "because": list(each.because)} for each in conflict.steps],
        "ways_out": [each.text for each in conflict.relaxations],
        "hint": conflict.hint,
        "warnings": list(conflict.warnings),
    }


def _step(step: RockStep) -> dict[str, object]:
    candidate = step.candidate
    row: dict[str, object] = {
        "step": verb(step),
        "rock": candidate.name,
        "namespace": candidate.namespace,
        "version": str(candidate.version),
        "origin": candidate.origin.value,
        "place": candidate.place,
        "reason": step.reason,
        "needed_by": [each._asdict() for each in step.requirements],
    }
    match step:
        case KeepRock():
            row |= {"tree": step.tree, "package": step.package, "newer": step.newer}
        case InstallRock():
            row |= {
                "tree": step.tree,
                "replaces": list(step.replaces),
                "beside": [each._asdict() for each in step.beside],
                "packages": list(step.packages),
            }
        case SuggestPackage():
            row |= {"command": step.command}
        case RefuseRock():
            row |= {"tree": step.tree, "hint": step.hint}
    return row


def _edges(plan: RockPlan) -> list[dict[str, object]]:
    return [
        {
            "requirer": edge.requirer,
            "required": edge.required,
            "need": str(edge.need.dependency),
            "where": edge.need.where,
            "build": edge.need.is_build,
        }
        for edge in plan.edges
    ]
