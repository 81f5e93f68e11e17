"""A plan as DOT."""

from __future__ import annotations

from distrorocks.install.plan_graph import Arrow, Box, PlanGraph, dot, plan_graph
from tests.install.planned import mixed, planned
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


def test_each_kind_of_step_has_its_shape() -> None:
    """The user is no node, so what he asks for has no arrow; a rock's need of itself has none."""
    text = dot(plan_graph(planned(mixed(), "app", "lpeg")))
    assert '"app" [shape=box3d,' in text
    assert '"lpeg" [shape=box, label="lpeg 1.0.2-1\\nkeep /usr"]' in text
    assert '"luasocket" [shape=note,' in text
    assert '"app" -> "lpeg" [label=">= 1.0"];' in text
    assert '"" ->' not in text
    refused = planned(World().server("a 1-1", "a"), "a", owner="it is theirs")
    assert '"a" [shape=octagon,' in dot(plan_graph(refused))
    assert "->" not in dot(plan_graph(refused)).partition("label")[2].replace("-> /usr/local", "")


def test_a_need_that_is_there_twice_is_one_arrow() -> None:
    """With other constraints it is another; what is not drawn has none."""
    world = World().server("a 1-1", "b", "b", "b >= 1").server("b 1-1")
    graph = plan_graph(planned(world, "a"))
    assert graph.arrows == (Arrow("a", "b", "", False), Arrow("a", "b", ">= 1", False))
    assert plan_graph(planned(world, "a", only_dependencies=True)).arrows == ()
