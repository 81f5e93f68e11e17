"""Rows of progress as a terminal gets them."""

from __future__ import annotations

import re

import pytest

from distrorocks.cli.progress_lines import Lines
from distrorocks.cli.progress_rows import Row
from distrorocks.progress import BYTES
from distrorocks.rocks.quotation import columns
from tests.cli.terminal import Terminal

ROWS = [
    Row("building: 2 running, 12 waiting", 2, 16, "rocks", 71),
    Row("  lua-cjson 2.1.0.10-1: compiling lua_cjson.c, and 17 more of them", 0, None, "", 9),
    Row("fetching 日本語パッケージ日本語パッケージ日本語パッケージ.rock", 10**6, 10**9, BYTES, 3),
    Row("fetching manifest-5.4.json", 0, None, BYTES, 0),
]
_STYLE = re.compile(r"\x1b\[[0-9;]*m")


def drawn(width: int, *, encoding: str = "utf-8", **environment: str) -> list[str]:
    """Return what is drawn of the rows."""
    with Terminal(encoding=encoding) as terminal:
        return Lines(terminal.stream, {"TERM": "xterm-256color", **environment}).drawn(ROWS, width)


@pytest.mark.parametrize("width", [59, 60, 79, 80, 200])
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_each_row_is_one_line_with_its_numbers_at_the_end(width: int, encoding: str) -> None:
    """From 60 columns on nothing wraps, and no number is cut: labels give way."""
    rows = [row._replace(label=row.label.encode(encoding, "replace").decode()) for row in ROWS]
    with Terminal(encoding=encoding) as terminal:
        lines = Lines(terminal.stream, {"TERM": "xterm"}).drawn(rows, width)
    plain = [_STYLE.sub("", line) for line in lines]
    assert [columns(line.rstrip()) <= width for line in plain] == [True] * len(ROWS)
    for line, row in zip(plain, rows, strict=True):
        assert row.amount in line
        assert line.rstrip().endswith(row.time or row.label)
        assert line.encode(encoding)


def test_no_color_takes_the_colours_and_nothing_else() -> None:
    """Every number and bar is still there; an empty variable is none (no-color.org)."""
    colored, plain = drawn(79), drawn(79, NO_COLOR="1")
    assert any(_STYLE.search(line) for line in colored)
    assert not any("\x1b" in line for line in plain)
    for line, row in zip(plain, ROWS, strict=True):
        assert row.amount in line
    assert drawn(79, NO_COLOR="") == colored


def test_a_name_is_no_markup() -> None:
    """Brackets of a name neither colour it nor vanish."""
    with Terminal() as terminal:
        lines = Lines(terminal.stream, {"TERM": "xterm", "NO_COLOR": "1"})
        (line,) = lines.drawn([Row("[red]x[/red] :smile:", 0, None, "", 0)], 79)
    assert line.rstrip() == "[red]x[/red] :smile:"
