"""The figures of a run as a table, as JSON, and as a drawing of cost against size."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path

from benchmarks.measure import FLOOR, OURS, PEER, Figures

HEADER = (
    f"{'case':<30} {'size':>6} {'ours ms':>9} {'peer ms':>9} {'peer/ours':>9} {'(wall)':>7} "
    f"{'aim':>5} {'ours/floor':>10} {'aim':>4} {'ours MB':>8} {'peer MB':>8}"
)
_COLOURS = {OURS: "tab:blue", PEER: "tab:orange", FLOOR: "tab:gray"}
_COLUMNS = 3


class NoDrawing(Exception):  # noqa: N818 - what is missing
    """Matplotlib is not installed."""


def row(figures: Figures) -> str:
    """Return a case's line; processor time unless the column says otherwise."""
    case = figures.case
    limit = f" (limit {case.limit * 1e3:.0f} ms)" if case.limit else ""
    missed = " MISSED" if any(share < 1 for share in figures.shares) else ""
    return (
        f"{case.name:<30} {case.size or '':>6} {_ms(figures, OURS):>9} {_ms(figures, PEER):>9} "
        f"{_shown(figures.ratio(PEER)):>9} {_shown(figures.ratio(PEER, wall=True)):>7} "
        f"{_shown(case.aim):>5} {_shown(figures.ratio(OURS, FLOOR)):>10} {_shown(case.near):>4} "
        f"{_mb(figures, OURS):>8} {_mb(figures, PEER):>8}{limit}{missed}"
    )


def _ms(figures: Figures, who: str) -> str:
    return f"{figures.seconds(who) * 1e3:.1f}" if who in figures.runs else "-"


def _mb(figures: Figures, who: str) -> str:
    return f"{figures.memory[who] / 1000:.0f}" if who in figures.memory else "-"


def _shown(number: float) -> str:
    return f"{number:.2f}" if number else "-"


def table(found: Sequence[Figures]) -> Iterator[str]:
    """Yield the lines of a table, what misses its aim by most first."""
    yield HEADER
    for figures in sorted(found, key=lambda each: min(each.shares, default=float("inf"))):
        yield row(figures)
    asked = [each for each in found if each.shares]
    missed = sum(min(each.shares) < 1 for each in asked)
    yield f"{missed} of {len(asked)} cases with an aim miss it; {len(found) - len(asked)} have none"


def document(found: Sequence[Figures]) -> str:
    """Return all runs and the machine as JSON."""
    cases = [
        {
            "name": each.case.name,
            "size": each.case.size,
            "aims": {"peer": each.case.aim, "floor": each.case.near, "limit": each.case.limit},
            "peer_by_ours": {"cpu": each.ratio(PEER), "wall": each.ratio(PEER, wall=True)},
            "ours_by_floor": {"cpu": each.ratio(OURS, FLOOR)},
            "kilobytes": dict(each.memory),
            "runs": {who: [run._asdict() for run in runs] for who, runs in each.runs.items()},
        }
        for each in found
    ]
    return json.dumps({"machine": _machine(), "cases": cases}, indent=1) + "\n"


def _machine() -> dict[str, object]:
    """Return what the figures depend on."""
    asked = ("luarocks", "--version")
    try:
        luarocks = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        luarocks = ""
    return {
        "processors": len(os.sched_getaffinity(0)),
        "load": os.getloadavg(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "luarocks": luarocks.partition("\n")[0],
    }


def draw(found: Sequence[Figures], path: Path) -> None:
    """Draw processor time against size, a panel for each case of several sizes, as SVG.

    Raise ``NoDrawing`` without Matplotlib.
    """
    try:
        mpl = import_module("matplotlib")
    except ImportError:
        raise NoDrawing("no Matplotlib for the drawing\nhint: make benchmark installs it") from None
    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "distrorocks"
    plt = import_module("matplotlib.pyplot")
    names = list(dict.fromkeys(each.case.name for each in found))
    panels = {name: [each for each in found if each.case.name == name] for name in names}
    panels = {name: each for name, each in panels.items() if len(each) > 1}
    lines = -(-len(panels) // _COLUMNS) or 1
    figure, axes = plt.subplots(lines, _COLUMNS, figsize=(12, 3.2 * lines), squeeze=False)
    for panel, (name, cases) in zip(axes.flat, panels.items(), strict=False):
        ordered = sorted(cases, key=lambda each: each.case.size)
        for who, colour in _COLOURS.items():
            points = [(it.case.size, it.seconds(who)) for it in ordered if who in it.runs]
            if points:
                panel.loglog(*zip(*points, strict=True), marker="o", color=colour, label=who)
        panel.set_title(name, fontsize=10)
        panel.set_xlabel("rocks")
        panel.set_ylabel("seconds of processor")
        panel.legend(fontsize=8)
    for panel in axes.flat[len(panels) :]:
        panel.set_visible(False)
    figure.tight_layout()
    figure.savefig(path, format="svg", metadata={"Date": None})
    plt.close(figure)
