"""Print data to stdout and messages to stderr, with control characters escaped.

Untrusted names may contain line breaks, which could forge a line of output. So each function prints
exactly one line and escapes breaks; ``print_text`` is for text of several lines.
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
    """Print text of several lines to stdout: a diff, a file, a value."""
    for line in text.split("\n"):
        _print(line, sys.stdout)


def print_title(title: str, line: str = "-") -> None:
    """Print a title, underlined, with an empty line before and after it."""
    for each in ("", title, line * len(printable(title)), ""):
        print_line(each)


def print_message(line: str) -> None:
    """Print a message to stderr, after flushing stdout to keep the order.

    A closed stdout is ignored here; it is reported at exit.
    """
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    _print(line, sys.stderr)


def warn(text: str, *, hint: str = "") -> None:
    """Print a warning to stderr, and its hint on a line of its own."""
    print_error(DistrorocksError(text, hint=hint), "warning")


def print_error(error: DistrorocksError, label: str = "error") -> None:
    """Print an error with the lines of its detail, and its hint on a line of its own."""
    print_message(f"{label}: {error.brief}")
    for line in error.detail.split("\n") if error.detail else ():
        print_message(line)
    if error.hint:
        print_message(f"hint: {error.hint}")


def print_json(value: Any) -> None:
    """Print a value as JSON, in ASCII whatever the locale."""
    import json

    sys.stdout.write(json.dumps(value, indent=2) + "\n")


def _print(line: str, stream: TextIO) -> None:
    """Write a line with control characters escaped."""
    shown = printable(line)
    try:
        stream.write(shown + "\n")
    except UnicodeEncodeError:
        stream.write(shown.encode("ascii", "backslashreplace").decode() + "\n")


def printable(text: str) -> str:
    """Return ``text`` with unprintable characters other than tabs escaped."""
    return "\t".join(map(escaped, text.split("\t")))
