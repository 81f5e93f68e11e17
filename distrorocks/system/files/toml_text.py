"""Untrusted TOML, parsed at a bounded cost."""

from __future__ import annotations

from distrorocks.errors import DistrorocksError
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

MOST_DOTS = 500
"""Dots on one line: a dotted key takes quadratic time, 17 seconds for 80 KB."""


class TomlError(DistrorocksError):
    """A text is not TOML, or would take too long to parse; the brief lacks the file name."""


def parse_toml(text: bytes) -> dict[str, Any]:
    """Parse a TOML document, or raise ``TomlError``."""
    import tomllib  # imports datetime and more: only when there is something to parse

    for number, line in enumerate(text.split(b"\n"), start=1):
        if line.count(b".") > MOST_DOTS:
            raise TomlError(f"line {number} has more than {MOST_DOTS} dots")
    try:
        return tomllib.loads(text.decode())
    except ValueError as error:  # of TOML, of UTF-8, and of a number with too many digits
        raise TomlError(str(error)) from None
    except RecursionError:
        raise TomlError("it is nested too deeply") from None
