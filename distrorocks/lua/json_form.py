"""Lua values as JSON: a table with keys 1, 2, 3 ..., or an empty one, becomes a list."""

from __future__ import annotations

import math
from typing import Any

from distrorocks.lua.value import LuaValue, sequence


def json_form(value: LuaValue) -> Any:
    """Convert a value for JSON; functions and non-finite numbers become null."""
    if isinstance(value, dict):
        items = sequence(value)
        if len(items) == len(value):
            return [json_form(item) for item in items]
        return {_key(key): json_form(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (bool, int, float, str)) else None


def _key(key: int | float | str) -> str:
    return key if isinstance(key, str) else str(key)
