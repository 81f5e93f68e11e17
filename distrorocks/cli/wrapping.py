"""Break prose for a terminal between words, which the terminal itself would do within them."""

from __future__ import annotations

import re

from distrorocks.rocks.quotation import columns

_LEAST = 20
"""Columns below which nothing is broken."""

_TOKEN = re.compile(r"(\s*)((?:`[^`]*`|[^\s`]|`(?![^`]*`))+)")  # the last one may have no pair
_LABEL = re.compile(r" *\S+(?: \S+)? {2,}(?=\S)")


def wrapped(line: str, width: int) -> list[str]:
    """Return a line as lines of at most ``width`` columns; further lines are indented.

    Words are whole, and so are commands in backquotes: whoever copies one gets all of it. What has
    no room on a line of its own is longer. Further lines begin below the text beside a label.
    """
    if columns(line) <= width or width < _LEAST:
        return [line]
    hang = _hang(line, width)
    lines, current = [], ""
    for space, word in _TOKEN.findall(line.rstrip()):
        longer = f"{current}{space}{word}"
        if columns(longer) <= width or not current.strip():
            current = longer
            continue
        lines.append(current)
        current = f"{' ' * hang}{word}"
    return [*lines, current]


def _hang(line: str, width: int) -> int:
    """Return how far further lines are indented."""
    label = _LABEL.match(line)
    if label and label.end() <= width // 2:
        return label.end()
    return len(line) - len(line.lstrip(" ")) + 4
