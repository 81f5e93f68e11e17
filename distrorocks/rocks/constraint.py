"""What a dependency asks of a version: operators, their texts, their truth.

The grammar and the meaning are LuaRocks' own (``luarocks.queries``, ``luarocks.core.vers``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import marked, quoted
from distrorocks.rocks.version import Version

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

_CONSTRAINT = re.compile(r"(@?)([<>=~!]*)\s*([A-Za-z0-9._\-]+)[\s,]*", re.ASCII)


class ConstraintError(DistrorocksError):
    """A text that LuaRocks does not accept as constraints.

    ``position`` is where in the text it stops making sense, ``luarocks`` what LuaRocks says of it.
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
    """One comparison that a version must stand: ``operator`` in LuaRocks' full spelling.

    ``no_upgrade`` tells that it was written with an ``@`` before it.
    """

    operator: str
    version: Version
    no_upgrade: bool = False

    def admits(self, version: Version) -> bool:
        """Tell whether ``version`` stands the comparison."""
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
    """Return the constraints that ``text`` lists, in its order; none for an empty text.

    Raises ``ConstraintError`` at the first that is none: an operator that LuaRocks does not know,
    or no version where one must stand.
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
    """Tell whether ``version`` stands all of ``constraints``."""
    return all(constraint.admits(version) for constraint in constraints)


def _begins_with(version: Version, wanted: Version) -> bool:
    """Tell whether each slot of ``wanted`` is that of ``version``, and its revision where named."""
    mine, theirs = version.parts, wanted.parts
    if len(mine) < len(theirs):
        mine += (0,) * (len(theirs) - len(mine))
    if mine[: len(theirs)] != theirs:
        return False
    return wanted.revision is None or wanted.revision == version.revision


def _refusal(text: str, position: int, operator: str | None) -> ConstraintError:
    """Return the error for what stands in ``text`` at ``position``."""
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
