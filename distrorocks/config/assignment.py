"""``VAR=value`` on a command line: a variable of the configuration for this run."""

from __future__ import annotations

import re
from collections.abc import Iterable

from distrorocks.errors import UsageError
from distrorocks.rocks.quotation import quoted

_WORD = re.compile(r"[^-][^=]*=", re.DOTALL)
_ASSIGNMENT = re.compile(r"(?P<name>[A-Z_][A-Z0-9_]*)=(?P<value>.*)", re.DOTALL)


class AssignmentError(UsageError):
    """A word with an equals sign that assigns nothing."""


def assigned(word: str) -> tuple[str, str] | None:
    """Return the name and the value that a word such as ``CC=gcc`` has, None for another word."""
    found = _ASSIGNMENT.fullmatch(word)
    return (found["name"], found["value"]) if found else None


def split_assignments(words: Iterable[str]) -> tuple[list[str], dict[str, str]]:
    """Return the words that assign nothing, and the variables that the others set.

    What follows ``--`` is never an assignment. A word given twice: the first wins, as in LuaRocks.
    Raises ``AssignmentError`` for a word such as ``cc=gcc``: names of variables are upper-case.
    """
    words = list(words)
    end = words.index("--") if "--" in words else len(words)
    rest: list[str] = []
    variables: dict[str, str] = {}
    for word in words[:end]:
        if not _WORD.match(word):
            rest.append(word)
            continue
        found = assigned(word)
        if not found:
            raise AssignmentError(
                f"Invalid assignment: {quoted(word)}",
                hint="variables have upper-case names, such as CC=gcc",
            )
        variables.setdefault(*found)
    return rest + words[end:], variables
