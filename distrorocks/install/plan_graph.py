"""Render a plan as a graph in Graphviz' DOT language."""

from __future__ import annotations

from distrorocks.install.step import place, verb
from distrorocks.install.steps import RockPlan
from distrorocks.rocks.quotation import escaped
from distrorocks.values import NamedTuple

_SHAPES = {"keep": "box", "install": "box3d", "suggest": "note", "refuse": "octagon"}


class Box(NamedTuple):
    """A rock: its name, and the lines of its label."""

    name: str
    verb: str
    lines: tuple[str, ...]


class Arrow(NamedTuple):
    """A dependency between rocks with its constraints; ``is_closing`` if it closes a cycle."""

    requirer: str
    required: str
    text: str
    is_closing: bool


class PlanGraph(NamedTuple):
    """Boxes in installation order, arrows in rockspec order."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def plan_graph(plan: RockPlan) -> PlanGraph:
    """Return the graph of a plan, with control characters in its texts escaped."""
    boxes = tuple(
        Box(
            step.candidate.name,
            verb(step),
            (escaped(str(step.candidate)), escaped(f"{verb(step)} {place(step)}")),
        )
        for step in plan.steps
    )
    drawn = {box.name for box in boxes}
    arrows: dict[Arrow, None] = {}
    for edge in plan.edges:
        pair = edge.requirer or "", edge.required
        if drawn.issuperset(pair) and pair[0] != pair[1]:
            text = escaped(", ".join(map(str, edge.need.dependency.constraints)))
            arrows[Arrow(*pair, text, pair in plan.closing)] = None
    return PlanGraph(boxes, tuple(arrows))


def dot(graph: PlanGraph) -> str:
    """Return the graph as DOT."""
    lines = ["digraph plan {", "  rankdir=TB;", '  node [fontname="sans-serif"];']
    for box in graph.boxes:
        label = "\\n".join(_escaped(line) for line in box.lines)
        lines.append(f'  "{_escaped(box.name)}" [shape={_SHAPES[box.verb]}, label="{label}"];')
    for arrow in graph.arrows:
        ends = f'"{_escaped(arrow.requirer)}" -> "{_escaped(arrow.required)}"'
        style = ", style=dashed" if arrow.is_closing else ""
        lines.append(f'  {ends} [label="{_escaped(arrow.text)}"{style}];')
    return "\n".join([*lines, "}", ""])


def _escaped(text: str) -> str:
    """Return text escaped for a quoted DOT string."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
