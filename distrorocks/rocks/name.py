"""A rock's name: which texts are one, and the spelling that trees and servers use.

LuaRocks lowers a rockspec's ``package`` to make the name and looks names up in that form. It
checks the spelling nowhere; here a name is what a dependency can ask for.
"""

from __future__ import annotations

import re

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import quoted

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.\-_]*")
_UPPER = {letter: letter + 32 for letter in range(ord("A"), ord("Z") + 1)}


class RockNameError(DistrorocksError):
    """A text that no dependency could name a rock by."""


def lower(text: str) -> str:
    """Return ``text`` with A to Z lowered and all else as it was, as Lua's C locale does."""
    return text.lower() if text.isascii() else text.translate(_UPPER)


def is_rock_name(text: str) -> bool:
    """Tell whether ``text`` is a letter or digit, then letters, digits, ``.``, ``-`` and ``_``."""
    return _NAME.fullmatch(text) is not None


def parse_rock_name(text: str) -> str:
    """Return the lower-case name that ``text`` spells, or raise ``RockNameError``."""
    if not is_rock_name(text):
        raise RockNameError(
            f"{quoted(text)} is not a rock's name",
            hint="use letters, digits, '.', '-' and '_', beginning with a letter or digit",
        )
    return lower(text)
