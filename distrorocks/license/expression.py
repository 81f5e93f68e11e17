"""SPDX licence expressions: which texts are one, and their usual spelling."""

from __future__ import annotations

from functools import cache
from typing import Any

from license_expression import ExpressionError, get_spdx_licensing


@cache
def _licensing() -> Any:
    """Return the list of licences that SPDX knows."""
    return get_spdx_licensing()


def spelled_expression(text: str) -> str | None:
    """Return ``text`` as SPDX spells it (``mit or gpl-2.0+`` in capitals), None if it is none."""
    if not text or len(text) > 500:
        return None
    try:
        parsed = _licensing().parse(text, validate=True)
    except (ExpressionError, AttributeError, TypeError, RecursionError):
        return None
    return str(parsed) if parsed is not None else None


def licenses_in(expression: str) -> tuple[str, ...]:
    """Return the licences that an SPDX expression names, each once, in its order."""
    parsed = _licensing().parse(expression)
    if parsed is None:
        return ()
    return tuple(dict.fromkeys(str(key) for key in _licensing().license_keys(parsed, unique=True)))


def joined(licenses: tuple[str, ...], operator: str = "AND") -> str:
    """Return one expression of several, those that have an operator of their own in brackets."""
    unique = tuple(dict.fromkeys(licenses))
    if len(unique) == 1:
        return unique[0]
    return f" {operator} ".join(f"({each})" if " " in each else each for each in unique)
