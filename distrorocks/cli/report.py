"""What people and programs read: data to stdout, talk to stderr, no control characters.

Names from the machine may hold line breaks, which could forge a line of ours. So what is printed is
one line, in which a break is an escape; texts that are lines by nature have functions of their own.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any, TextIO

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import escaped


def print_line(line: str = "") -> None:
    """Print a line of data to stdout."""
    _print(line, sys.stdout)


def print_text(text: str) -> None:
    """Print a text of several lines to stdout: a difference, a file, a value."""
    for line in text.split("\n"):
        _print(line, sys.stdout)


def print_title(title: str, line: str = "-") -> None:
    """Print a title, underlined, with an empty line before and after it."""
    for each in ("", title, line * len(printable(title)), ""):
        print_line(each)


def print_message(line: str) -> None:
    """Print a line of talk to stderr, after what was said before it.

    Whether somebody still reads stdout is told at the end, and stops no work.
    """
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    _print(line, sys.stderr)


def warn(text: str, *, hint: str = "") -> None:
    """Print a warning to stderr, and its hint on a line of its own."""
    print_error(DistrorocksError(text, hint=hint), "warning")


def print_error(error: DistrorocksError, word: str = "error") -> None:
    """Print an error with the lines of its detail, and its hint on a line of its own."""
    print_message(f"{word}: {error.brief}")
    for line in error.detail.split("\n") if error.detail else ():
        print_message(line)
    if error.hint:
        print_message(f"hint: {error.hint}")


def print_json(value: Any) -> None:
    """Print a value as JSON, in UTF-8 whatever the locale, bytes that are no text as escapes."""
    import json

    sys.stdout.write(json.dumps(value, indent=2) + "\n")


def _print(line: str, stream: TextIO) -> None:
    """Write a line in which nothing can steer a terminal."""
    shown = printable(line)
    try:
        stream.write(shown + "\n")
    except UnicodeEncodeError:
        stream.write(shown.encode("ascii", "backslashreplace").decode() + "\n")


def printable(text: str) -> str:
    """Return ``text`` with all but tabs that is not printable written as escapes."""
    return "\t".join(map(escaped, text.split("\t")))
