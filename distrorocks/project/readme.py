"""The summary and the description of a rock, from its README."""

from __future__ import annotations

import re

_SHORT = 80
_UNDERLINE = re.compile(r"[=\-~^\"'#*+`]{3,}\s*")
_MARKS = ("#", "[![", "![", "<", "|", ".. ", "```", ">", "- ", "* ", "=====", "-----")
_SENTENCE = re.compile(r".+?[.!?](?=\s|\Z)")
_LINK = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_MOST = 2000

NAMES = ("readme.md", "readme", "readme.markdown", "readme.rst", "readme.txt")
"""The names of READMEs in lower case, in the order in which one is chosen."""


def described(text: str) -> tuple[str, str]:
    """Return a summary on one line, and the first paragraph of prose; "" for what is not there.

    Titles, badges, lists and markup are no prose. A short paragraph is its own summary; of a long
    one it is the first sentence.
    """
    for part in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").strip("\ufeff\n")):
        lines = part.strip("\n").split("\n")
        while len(lines) > 1 and _is_title(lines):
            lines = lines[2:]
        paragraph = _LINK.sub(r"\1", "\n".join(lines)).strip()
        if paragraph and not lines[0].lstrip().startswith(_MARKS):
            return _summary(paragraph), paragraph[:_MOST]
    return "", ""


def _is_title(lines: list[str]) -> bool:
    """Return whether the first of some lines is a title that the next one underlines."""
    return _UNDERLINE.fullmatch(lines[1]) is not None


def _summary(paragraph: str) -> str:
    """Return one line that stands for a paragraph."""
    line = " ".join(paragraph.split())
    if len(line) < _SHORT:
        return line
    sentence = _SENTENCE.match(line)
    return sentence[0] if sentence else ""
