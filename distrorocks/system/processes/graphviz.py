"""Graphs drawn by Graphviz' ``dot``."""

from __future__ import annotations

from distrorocks.system.processes.command import CommandError, find_program, run

_SECONDS = 60


def svg(dot: str, *, install: str) -> str:
    """Render a DOT graph as SVG; ``install`` is the command that installs packages.

    Raise ``CommandError`` if ``dot`` is missing or fails.
    """
    if find_program("dot") is None:
        raise CommandError(
            "drawing needs Graphviz' dot, which is not installed",
            hint=f"run `{install} graphviz`, or take --graph dot to another machine",
        )
    done = run(["dot", "-Tsvg"], timeout=_SECONDS, given=dot.encode("utf-8", "replace"))
    if done.status != 0:
        told = done.stderr.decode("utf-8", "replace").strip()
        raise CommandError(f"dot failed with status {done.status}", detail=told)
    return done.stdout.decode("utf-8", "replace")
