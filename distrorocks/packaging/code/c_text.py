"""Reduce C source to lines without comments and strings, with continued lines joined."""

from __future__ import annotations

import re

_C_FILE = re.compile(r"\.(?:c|h|cc|cpp|cxx|hpp|hh|inc)\Z")
_TOKEN = re.compile(
    r"""
    ^[ \t]*\#[ \t]*include[^\n]* # its name looks like a string
    | /\*.*?(?:\*/|\Z)            # a comment
    | //[^\n]*
    | "(?:\\.|[^"\\\n])*"       # a string
    | '(?:\\.|[^'\\\n])*'
    | \\[ \t]*\r?\n             # a line that goes on
    """,
    re.DOTALL | re.MULTILINE | re.VERBOSE,
)


def is_c(path: str) -> bool:
    """Return whether a file name is that of C or C++ source or of a header."""
    return _C_FILE.search(path) is not None


def bare_lines(text: str) -> list[tuple[int, str]]:
    """Return the lines that are not blank, each with its number in the text, from 1.

    A continued line is joined, and has the number of its first line.
    """
    found = []
    number = 1
    for line in _TOKEN.sub(_blank, text).split("\n"):
        if line.strip(" \t\r\f\v\0"):
            found.append((number, line.replace("\0", " ")))
        number += 1 + line.count("\0")
    return found


def _blank(match: re.Match[str]) -> str:
    """Return the replacement of a comment, a string or the end of a continued line."""
    found = match[0]
    if found[0] in "# \t":
        return found
    if found[0] == "\\":
        return "\0"
    if found[0] == "/":
        return "\0" * found.count("\n") or " "
    return '""'
