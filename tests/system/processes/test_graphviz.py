"""Graphviz draws what is given to it, and says why where it cannot."""

from __future__ import annotations

import pytest

from distrorocks.install.plan_graph import Arrow, Box, PlanGraph, dot
from distrorocks.system.processes.command import CommandError, find_program
from distrorocks.system.processes.graphviz import svg

pytestmark = pytest.mark.skipif(not find_program("dot"), reason="Graphviz is not installed")


def test_strange_texts_are_drawn_as_texts() -> None:
    """Quotes, tags, backslashes and letters of any script reach the picture escaped, once."""
    name = '<b>"\\&é'
    graph = PlanGraph((Box(name, "keep", (name,)),), (Arrow(name, name, "]]>", False),))
    picture = svg(dot(graph), install="apt install")
    assert "&lt;b&gt;&quot;\\&amp;é" in picture.replace("&#233;", "é")
    assert "<b>" not in picture
    assert picture.rstrip().endswith("</svg>")


def test_what_cannot_be_drawn_is_told() -> None:
    """With what Graphviz says of it."""
    with pytest.raises(CommandError) as caught:
        svg("this is no graph", install="apt install")
    assert "dot failed with status" in caught.value.brief
    assert "syntax error" in caught.value.detail
