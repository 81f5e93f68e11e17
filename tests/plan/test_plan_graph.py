"""A plan as DOT and as SVG."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from hypothesis import given, strategies as st

from distrorocks.plan.layers import layers
from distrorocks.plan.plan_graph import Arrow, Box, PlanGraph, dot, plan_graph
from distrorocks.plan.plan_picture import svg
from tests.plan.planned import mixed, planned
from tests.resolve.world import World

GOLDEN = Path(__file__).parent / "golden"
SVG = "{http://www.w3.org/2000/svg}"


def parsed(text: str) -> ElementTree.Element:
    """Return the root of an XML document of our own."""
    return ElementTree.fromstring(text)  # noqa: S314 - made a line before


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


def test_a_plan_is_a_picture() -> None:
    """The same plan is the same SVG, byte by byte."""
    picture = svg(plan_graph(planned(mixed(), "app")))
    assert picture == (GOLDEN / "plan.svg").read_text()


def test_strange_texts_stay_texts() -> None:
    """Quotes, tags and backslashes are escaped in both."""
    name = '<b>"\\&'
    graph = PlanGraph(
        (Box(name, "keep", (name,)), Box("x", "refuse", ("]]>",))), (Arrow("x", name, name, False),)
    )
    assert '"<b>\\"\\\\&"' in dot(graph)
    texts = [each.text for each in parsed(svg(graph)).iter(f"{SVG}text")]
    assert texts == [name, "]]>", name]


def test_an_empty_plan_is_an_empty_picture() -> None:
    """Nothing to draw is no error."""
    assert parsed(svg(PlanGraph((), ()))).tag == f"{SVG}svg"


NAMES = st.sampled_from("abcdefgh")


@given(st.sets(st.tuples(NAMES, NAMES)))
def test_arrows_go_down(pairs: set[tuple[str, str]]) -> None:
    """Whatever needs what, each rock has one place, and all but what closes a cycle goes down."""
    names = sorted({name for pair in pairs for name in pair}, reverse=True)
    place = {name: number for number, name in enumerate(names)}
    closing = {(a, b) for a, b in pairs if place[b] > place[a]}
    rows = layers(names, pairs, closing).rows
    row_of = {name: number for number, row in enumerate(rows) for name in row}
    assert sorted(row_of) == sorted(names)
    assert sum(map(len, rows)) == len(names)
    for requirer, required in pairs - closing:
        assert requirer == required or row_of[requirer] < row_of[required]
    assert layers(names, sorted(pairs, reverse=True), closing).rows == rows


@given(st.sets(st.tuples(NAMES, NAMES), max_size=12))
def test_boxes_do_not_cover_each_other(pairs: set[tuple[str, str]]) -> None:
    """No two boxes of a picture overlap."""
    names = sorted({name for pair in pairs for name in pair})
    closing = {(a, b) for a, b in pairs if b > a}
    graph = PlanGraph(
        tuple(Box(name, "install", (name * 9,)) for name in names),
        tuple(Arrow(a, b, "", (a, b) in closing) for a, b in sorted(pairs)),
    )
    found = parsed(svg(graph)).iter(f"{SVG}rect")
    boxes = [[float(each.attrib[key]) for key in ("x", "y", "width", "height")] for each in found]
    assert len(boxes) == len(names)
    for number, (x, y, width, height) in enumerate(boxes):
        for x2, y2, _, _ in boxes[number + 1 :]:
            assert x2 >= x + width or x2 + width <= x or abs(y2 - y) >= height
