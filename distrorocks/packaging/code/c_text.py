"""C source as lines that a preprocessor would read: no comments, no strings, lines joined."""

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
    """Return whether a file's name is that of C or C++, headers included."""
    return _C_FILE.search(path) is not None


def bare_lines(text: str) -> list[tuple[int, str]]:
    """Return the lines that say something, each with its number in the text, from 1.

    A line that goes on below is one line, with the number of its first.
    """
    found = []
    number = 1
    for line in _TOKEN.sub(_blank, text).split("\n"):
        if line.strip(" \t\r\f\v\0"):
            found.append((number, line.replace("\0", " ")))
        number += 1 + line.count("\0")
    return found


def _blank(match: re.Match[str]) -> str:
    """Return what stands for a comment, a string or the end of a line that goes on."""
    found = match[0]
    if found[0] in "# \t":
        return found
    if found[0] == "\\":
        return "\0"
    if found[0] == "/":
        return "\0" * found.count("\n") or " "
    return '""'
