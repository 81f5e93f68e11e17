"""Graphviz draws what is given to it, and says why where it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.install.plan_graph import Arrow, Box, PlanGraph, dot
from distrorocks.system.processes import command, graphviz
from distrorocks.system.processes.command import CommandError, Output, find_program
from distrorocks.system.processes.graphviz import MEMORY, MOST_BOXES, svg

pytestmark = pytest.mark.skipif(not find_program("dot"), reason="Graphviz is not installed")


def test_strange_texts_are_drawn_as_texts() -> None:
    """Quotes, tags, backslashes and letters of any script reach the picture escaped, once."""
    name = '<b>"\\&é'
    graph = PlanGraph((Box(name, "keep", (name,)),), (Arrow(name, name, "]]>", False),))
    picture = svg(dot(graph), boxes=1, install="apt install")
    assert "&lt;b&gt;&quot;\\&amp;é" in picture.replace("&#233;", "é")
    assert "<b>" not in picture
    assert picture.rstrip().endswith("</svg>")


def test_what_cannot_be_drawn_is_told() -> None:
    """With what Graphviz says of it."""
    with pytest.raises(CommandError) as caught:
        svg("this is no graph", boxes=1, install="apt install")
    assert "dot failed with status" in caught.value.brief
    assert "syntax error" in caught.value.detail


def test_dot_has_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program in its place gets no more than a gigabyte, nor do its children."""
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\nulimit -v\n")
    program.chmod(0o755)

    def run(argv: list[str], *, timeout: float, given: bytes) -> Output:
        path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
        return command.run(argv, timeout=timeout, given=given, environment=path)

    monkeypatch.setattr(graphviz, "run", run)
    assert svg("", boxes=1, install="apt install") == f"{MEMORY >> 10}\n"


def test_a_graph_of_very_many_boxes_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says so before dot is started."""
    monkeypatch.setattr(graphviz, "run", lambda *_, **__: pytest.fail("dot is started"))
    with pytest.raises(CommandError, match=f"more than {MOST_BOXES}"):
        svg("", boxes=MOST_BOXES + 1, install="apt install")
