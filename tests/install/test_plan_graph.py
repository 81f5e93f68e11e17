"""A plan as DOT."""

from __future__ import annotations

from distrorocks.install.plan_graph import Arrow, Box, PlanGraph, dot, plan_graph
from tests.install.planned import planned
from tests.resolve.world import World

DOT = """\
digraph plan {
  rankdir=TB;
  node [fontname="sans-serif"];
  "b" [shape=box3d, label="b 1-1\\ninstall https://rocks.example -> /usr/local"];
  "a" [shape=box3d, label="a 1-1\\ninstall https://rocks.example -> /usr/local"];
  "a" -> "b" [label=""];
  "b" -> "a" [label=">= 1, < 2", style=dashed];
}
"""


def test_a_plan_is_dot() -> None:
    """One node a rock, one edge a need; what closes a cycle is dashed."""
    world = World().server("a 1-1", "b").server("b 1-1", "a >= 1, < 2")
    assert dot(plan_graph(planned(world, "a"))) == DOT


def test_strange_texts_stay_texts() -> None:
    """Quotes, tags and backslashes are escaped."""
    name = '<b>"\\&'
    graph = PlanGraph(
        (Box(name, "keep", (name,)), Box("x", "refuse", ("]]>",))), (Arrow("x", name, name, False),)
    )
    assert '"<b>\\"\\\\&"' in dot(graph)
