"""SPDX licence expressions: which texts are one, and their usual spelling.

license-expression knows all of SPDX's names; without it the usual ones are known.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from distrorocks.license.names import KNOWN

_TOKEN = re.compile(r"[()]|[^\s()]+")
# What license-expression raises for half an expression, beside its own errors.
_FAULTS = (*(AssertionError, AttributeError, LookupError, TypeError, ValueError, RecursionError),)
_OPERATORS = ("AND", "OR", "WITH")


@cache
def _licensing() -> Any:
    """Return the list of licences that SPDX knows, None where the library is not installed."""
    try:
        from license_expression import get_spdx_licensing
    except ImportError:
        return None
    return get_spdx_licensing()


def spelled_expression(text: str) -> str | None:
    """Return ``text`` as SPDX spells it (``mit or gpl-2.0+`` in capitals), None if it is none."""
    if not text or len(text) > 500:
        return None
    licensing = _licensing()
    if licensing is None:
        return _spelled_by_list(text)
    try:
        parsed = licensing.parse(text, validate=True)
        return str(parsed) if parsed is not None else None
    except _FAULTS:
        return None
    except Exception as error:  # the library's own errors have no common base
        if type(error).__module__.startswith(("license_expression", "boolean")):
            return None
        raise


def _spelled_by_list(text: str) -> str | None:
    """Return a plain expression of known licences: names joined by operators, no brackets."""
    words = text.split()
    names, operators = words[::2], [word.upper() for word in words[1::2]]
    spelled = [KNOWN.get(name.lower()) for name in names]
    if len(words) % 2 == 0 or None in spelled or not set(operators) <= {"AND", "OR"}:
        return None
    joint = [word for pair in zip(operators, spelled[1:], strict=True) for word in pair]
    return " ".join(word for word in (spelled[0], *joint) if word)


def licenses_in(expression: str) -> tuple[str, ...]:
    """Return the licences that an SPDX expression names, each once, with its exception."""
    found: dict[str, None] = {}
    words = [word for word in _TOKEN.findall(expression) if word not in "()"]
    place = 0
    while place < len(words):
        name = words[place]
        if words[place + 1 : place + 2] == ["WITH"] and place + 2 < len(words):
            name = f"{name} WITH {words[place + 2]}"
            place += 2
        place += 1
        if name not in _OPERATORS:
            found[name] = None
    return tuple(found)


def joined(licenses: tuple[str, ...], operator: str = "AND") -> str:
    """Return one expression of several, those that have the other operator in brackets."""
    unique = tuple(dict.fromkeys(licenses))
    if len(unique) == 1:
        return unique[0]
    other = " OR " if operator == "AND" else " AND "
    return f" {operator} ".join(f"({each})" if other in each else each for each in unique)
