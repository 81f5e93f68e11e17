"""Version constraints: parsing, and whether a version satisfies them.

Grammar and semantics are those of LuaRocks (``luarocks.queries``, ``luarocks.core.vers``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from distrorocks.errors import DistrorocksError
from distrorocks.patterns import regex
from distrorocks.rocks.quotation import marked, quoted
from distrorocks.rocks.version import Version
from distrorocks.values import NamedTuple

OPERATORS = {
    "==": "==",
    "=": "==",
    "": "==",
    "~=": "~=",
    "!=": "~=",
    "<": "<",
    ">": ">",
    "<=": "<=",
    ">=": ">=",
    "~>": "~>",
}

_CONSTRAINT = regex(r"(@?)([<>=~!]*)\s*([A-Za-z0-9._\-]+)[\s,]*", re.ASCII)


class ConstraintError(DistrorocksError):
    """LuaRocks does not accept the text as constraints.

    ``position`` is the offset of the error, ``luarocks`` is LuaRocks' message.
    """

    def __init__(self, brief: str, *, text: str, position: int, luarocks: str) -> None:
        super().__init__(
            brief,
            detail=marked(text, position),
            hint="write constraints such as '>= 1.0, < 2.0', '~> 1.2' or '== 1.0-1'",
        )
        self.text = text
        self.position = position
        self.luarocks = luarocks


class Constraint(NamedTuple):
    """One comparison that a version must satisfy: ``operator`` is in LuaRocks' full spelling.

    ``no_upgrade`` is true if it was written with a preceding ``@``.
    """

    operator: str
    version: Version
    no_upgrade: bool = False

    def admits(self, version: Version) -> bool:
        """Return whether ``version`` satisfies the comparison."""
        wanted = self.version
        match self.operator:
            case "==":
                return version.equals(wanted)
            case "~=":
                return not version.equals(wanted)
            case "<":
                return version.precedes(wanted)
            case ">":
                return wanted.precedes(version)
            case "<=":
                return not wanted.precedes(version)
            case ">=":
                return not version.precedes(wanted)
            case _:
                return _begins_with(version, wanted)

    def __str__(self) -> str:
        text = self.version.string
        return text if self.operator == "==" else f"{self.operator} {text}"


@lru_cache(maxsize=1 << 14)
def parse_constraints(text: str) -> tuple[Constraint, ...]:
    """Parse the constraints in ``text``, in order; none for an empty text.

    Raise ``ConstraintError`` at the first invalid one: an unknown operator, or a missing version.
    """
    constraints = []
    position = 0
    while position < len(text):
        found = _CONSTRAINT.match(text, position)
        operator = OPERATORS.get(found[2]) if found else None
        if not found or operator is None:
            raise _refusal(text, position, found[2] if found else None)
        constraints.append(Constraint(operator, Version.parse(found[3]), found[1] == "@"))
        position = found.end()
    return tuple(constraints)


def satisfies(version: Version, constraints: Iterable[Constraint]) -> bool:
    """Return whether ``version`` satisfies all ``constraints``."""
    return all(constraint.admits(version) for constraint in constraints)


def _begins_with(version: Version, wanted: Version) -> bool:
    """Return whether ``version`` starts with the slots of ``wanted``, and has its revision if
    any."""
    mine, theirs = version.parts, wanted.parts
    if len(mine) < len(theirs):
        mine += (0,) * (len(theirs) - len(mine))
    if mine[: len(theirs)] != theirs:
        return False
    return wanted.revision is None or wanted.revision == version.revision


def _refusal(text: str, position: int, operator: str | None) -> ConstraintError:
    """Return the error for an invalid constraint at ``position``."""
    rest = text[position:]
    if operator is None:
        brief = f"{quoted(rest)} is not a constraint: no version follows"
    else:
        brief = f"{quoted(operator)} is not an operator that LuaRocks knows"
    luarocks = (
        f"Failed to parse constraint '{text}' with error: Encountered bad constraint operator: "
        f"'{'nil' if operator is None else operator}' in '{rest}'"
    )
    return ConstraintError(brief, text=text, position=position, luarocks=luarocks)
