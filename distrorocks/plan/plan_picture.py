"""A plan as a picture: SVG, drawn without any other program.

What is done with a rock is said in words in its box; colour only helps.
"""

from __future__ import annotations

from typing import NamedTuple
from xml.sax.saxutils import escape

from distrorocks.plan.layers import layers
from distrorocks.plan.plan_graph import Arrow, Box, PlanGraph

_LETTER = 7.2  # the width of a letter of the monospaced font below, in pixels
_LINE = 18
_PAD = 10
_GAP = 28
_RISE = 76
_MARGIN = 16
_ASIDE = 24  # an arrow that goes up stands beside the one that goes down
_COLOURS = {"keep": "#e6f2e6", "install": "#e3ecfa", "suggest": "#fff4d6", "refuse": "#fbe1e1"}
_STYLE = (
    "text{font:12px monospace;fill:#111}rect{stroke:#555}"
    "path{fill:none;stroke:#777}.closing{stroke-dasharray:4 3}.label{fill:#555;font-size:10px}"
)
_HEAD = (
    '<defs><marker id="head" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
    'markerHeight="8" orient="auto">'
    '<path d="M0 0L8 4L0 8z" style="fill:#777"/></marker></defs>'
)


class _Placed(NamedTuple):
    box: Box
    left: float
    top: float
    width: float

    @property
    def middle(self) -> float:
        return self.left + self.width / 2

    @property
    def bottom(self) -> float:
        return self.top + 2 * _PAD + _LINE * len(self.box.lines)


def svg(graph: PlanGraph) -> str:
    """Return the graph as an SVG document; equal graphs are equal texts."""
    placed = _placed(graph)
    width = max((each.left + each.width for each in placed.values()), default=0) + _MARGIN
    height = max((each.bottom for each in placed.values()), default=0) + _MARGIN
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
        "<title>Plan</title>",
        f"<style>{_STYLE}</style>",
        _HEAD,
    ]
    for arrow in graph.arrows:
        lines += _arrow(arrow, placed[arrow.requirer], placed[arrow.required])
    for each in placed.values():
        lines += _box(each)
    return "\n".join([*lines, "</svg>", ""])


def _placed(graph: PlanGraph) -> dict[str, _Placed]:
    """Return the boxes with their places, each row in the middle of the picture."""
    boxes = {box.name: box for box in graph.boxes}
    pairs = [(arrow.requirer, arrow.required) for arrow in graph.arrows]
    closing = [(a.requirer, a.required) for a in graph.arrows if a.is_closing]
    rows = layers(list(boxes), pairs, closing).rows
    widths = {name: _width(box) for name, box in boxes.items()}
    spans = [sum(widths[name] for name in row) + _GAP * (len(row) - 1) for row in rows]
    widest = max(spans, default=0)
    placed: dict[str, _Placed] = {}
    top: float = _MARGIN
    for row, span in zip(rows, spans, strict=True):
        left = _MARGIN + (widest - span) / 2
        for name in row:
            placed[name] = _Placed(boxes[name], left, top, widths[name])
            left += widths[name] + _GAP
        top = max(placed[name].bottom for name in row) + _RISE
    return placed


def _width(box: Box) -> float:
    return max(map(len, box.lines)) * _LETTER + 2 * _PAD


def _box(placed: _Placed) -> list[str]:
    box = placed.box
    height = placed.bottom - placed.top
    size = f'width="{placed.width:.1f}" height="{height:.1f}"'
    corner = f'x="{placed.left:.1f}" y="{placed.top:.1f}"'
    lines = [
        f"<g><title>{escape(' '.join(box.lines))}</title>",
        f'<rect {corner} {size} rx="4" fill="{_COLOURS[box.verb]}"/>',
    ]
    for number, line in enumerate(box.lines):
        down = placed.top + _PAD + 13 + number * _LINE
        lines.append(f'<text x="{placed.left + _PAD:.1f}" y="{down:.1f}">{escape(line)}</text>')
    return [*lines, "</g>"]


def _arrow(arrow: Arrow, start: _Placed, end: _Placed) -> list[str]:
    """Return a curve from the bottom of one box to the top of another, with its words."""
    if start.top < end.top:
        ends = (start.middle, start.bottom, end.middle, end.top)
    else:
        ends = (start.middle + _ASIDE, start.top, end.middle + _ASIDE, end.bottom)
    x1, y1, x2, y2 = ends
    half = (y1 + y2) / 2
    kind = ' class="closing"' if arrow.is_closing else ""
    curve = f"M{x1:.1f} {y1:.1f}C{x1:.1f} {half:.1f} {x2:.1f} {half:.1f} {x2:.1f} {y2:.1f}"
    lines = [f'<path d="{curve}"{kind} marker-end="url(#head)"/>']
    if arrow.text:
        x = (x1 + x2) / 2 + 4
        lines.append(f'<text class="label" x="{x:.1f}" y="{half:.1f}">{escape(arrow.text)}</text>')
    return lines
