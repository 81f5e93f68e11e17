"""Rock names: validation, and the canonical spelling of trees and servers.

LuaRocks lower-cases a rockspec's ``package`` and looks names up in that form. It does not validate
names; here a name is valid if a dependency can use it.
"""

from __future__ import annotations

from distrorocks.errors import DistrorocksError
from distrorocks.patterns import regex
from distrorocks.rocks.quotation import quoted

_NAME = regex(r"[A-Za-z0-9][A-Za-z0-9.\-_]*")
_UPPER = {letter: letter + 32 for letter in range(ord("A"), ord("Z") + 1)}


class RockNameError(DistrorocksError):
    """The text is not a name that a dependency could use."""


def lower(text: str) -> str:
    """Return ``text`` with A to Z in lower case, as in the C locale."""
    return text.lower() if text.isascii() else text.translate(_UPPER)


def is_rock_name(text: str) -> bool:
    """Return whether ``text`` is a letter or digit, then letters, digits, ``.``, ``-`` and
    ``_``."""
    return _NAME.fullmatch(text) is not None


def parse_rock_name(text: str) -> str:
    """Parse a name to lower case, or raise ``RockNameError``."""
    if not is_rock_name(text):
        raise RockNameError(
            f"{quoted(text)} is not a rock's name",
            hint="use letters, digits, '.', '-' and '_', beginning with a letter or digit",
        )
    return lower(text)
