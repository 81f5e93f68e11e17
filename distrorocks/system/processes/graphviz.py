"""Graphs drawn by Graphviz' ``dot``."""

from __future__ import annotations

from distrorocks.system.processes.command import CommandError, find_program, run

MOST_BOXES = 2000
"""Boxes of a graph that is drawn: nobody can read a larger one."""

MEMORY = 1 << 30
"""Bytes of memory that ``dot`` may use."""

_SECONDS = 60
_LIMITED = f"ulimit -v {MEMORY >> 10}; exec dot -Tsvg"
_HINT = "take --graph dot, and draw a part of it"


def svg(dot: str, *, boxes: int, install: str) -> str:
    """Render a DOT graph of so many boxes as SVG; ``install`` is the command to install packages.

    Raise ``CommandError`` if there are more than ``MOST_BOXES``, or if ``dot`` is missing, fails,
    or exceeds its time or memory.
    """
    if boxes > MOST_BOXES:
        raise CommandError(
            f"the graph is not drawn: it has {boxes} boxes, more than {MOST_BOXES}", hint=_HINT
        )
    if find_program("dot") is None:
        raise CommandError(
            "drawing needs Graphviz' dot, which is not installed",
            hint=f"run `{install} graphviz`, or take --graph dot to another machine",
        )
    given = dot.encode("utf-8", "replace")
    done = run(["/bin/sh", "-c", _LIMITED], timeout=_SECONDS, given=given)
    if done.status != 0:
        told = done.stderr.decode("utf-8", "replace").strip()
        raise CommandError(f"dot failed with status {done.status}", detail=told, hint=_HINT)
    return done.stdout.decode("utf-8", "replace")
