"""What people and programs read: data to stdout, talk to stderr, no control characters."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any, TextIO

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import escaped


def say(text: str = "") -> None:
    """Print lines of data to stdout."""
    _print(text, sys.stdout)


def tell(text: str) -> None:
    """Print lines of talk to stderr, after what was said before them.

    Whether somebody still reads stdout is told at the end, and stops no work.
    """
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    _print(text, sys.stderr)


def warn(text: str) -> None:
    """Print a warning to stderr."""
    tell(f"warning: {text}")


def print_error(error: DistrorocksError) -> None:
    """Print an error with its detail, and its hint on a line of its own."""
    tell(f"error: {error}")


def print_json(value: Any) -> None:
    """Print a value as JSON, in UTF-8 whatever the locale, bytes that are no text as escapes."""
    import json

    sys.stdout.write(json.dumps(value, indent=2) + "\n")


def _print(text: str, stream: TextIO) -> None:
    """Write lines in which nothing can steer a terminal."""
    for line in text.split("\n"):
        shown = printable(line)
        try:
            stream.write(shown + "\n")
        except UnicodeEncodeError:
            stream.write(shown.encode("ascii", "backslashreplace").decode() + "\n")


def printable(text: str) -> str:
    """Return ``text`` with all but tabs that is not printable written as escapes."""
    return "\t".join(map(escaped, text.split("\t")))
