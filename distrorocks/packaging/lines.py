"""A text as its lines."""

from __future__ import annotations

import re


def split_lines(text: str) -> list[str]:
    """Return the lines of a text, each with its line break, the last one without if it has none."""
    return re.findall(r"[^\n]*\n|[^\n]+\Z", text)
