"""Draw rows of progress with ``rich``: bars, colours, and characters of every width.

Nothing is told by a colour alone: bars differ in shape, too, and each has its count beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TextIO

from rich.color import ColorSystem
from rich.console import Console, Group
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from distrorocks.cli.progress_rows import Row

_WIDE = 72
"""Columns from which on bars are longer."""

_COLORS = {
    "standard": ColorSystem.STANDARD,
    "256": ColorSystem.EIGHT_BIT,
    "truecolor": ColorSystem.TRUECOLOR,
}


class Lines:
    """Draws rows for a terminal; ``NO_COLOR`` in ``environment`` takes the colours away."""

    def __init__(self, stream: TextIO, environment: Mapping[str, str]) -> None:
        self._has_color = not environment.get("NO_COLOR")
        self._console = Console(
            file=stream,
            force_terminal=True,
            force_jupyter=False,
            legacy_windows=False,
            no_color=not self._has_color,
            _environ=environment,
        )
        self._colors = _COLORS.get(self._console.color_system or "")
        is_unicode = (stream.encoding or "").lower().startswith("utf")
        self._overflow: Literal["ellipsis", "crop"] = "ellipsis" if is_unicode else "crop"
        self._full, self._empty = "━─" if is_unicode else "#-"

    def drawn(self, rows: Sequence[Row], width: int) -> list[str]:
        """Return a line for each row, at most ``width`` columns wide, with its colours."""
        grids = Group(*(self._grid(row, width) for row in rows))
        options = self._console.options.update(width=width, no_wrap=True)
        return [self._text(each) for each in self._console.render_lines(grids, options, pad=False)]

    def _text(self, line: Iterable[Segment]) -> str:
        """Return a line as the terminal gets it."""
        segments = line if self._has_color else Segment.remove_color(line)
        return "".join(
            style.render(text, color_system=self._colors) if style else text
            for text, style, _ in segments
        )

    def _grid(self, row: Row, width: int) -> Table:
        """Return one row: its label, a bar if the total is known, the amount and the time."""
        numbers = "".join(f"  {each}" for each in (row.amount, row.time) if each)
        figures = Text(numbers)
        if row.total:
            figures = Text("  ") + self._bar(row.done / row.total, width) + figures
        grid = Table.grid(expand=True)  # no padding: it is a part of the width in newer versions
        grid.add_column(ratio=1, no_wrap=True, overflow=self._overflow)
        grid.add_column(width=len(figures), no_wrap=True)
        grid.add_row(Text(row.label, overflow=self._overflow, no_wrap=True), figures)
        return grid

    def _bar(self, part: float, width: int) -> Text:
        """Return a bar whose full and empty ends differ in shape, not only in colour."""
        length = 20 if width >= _WIDE else 10
        full = int(length * part)
        bar = Text(self._full * full, style="bar.complete")
        return bar.append(self._empty * (length - full), style="bar.back")
