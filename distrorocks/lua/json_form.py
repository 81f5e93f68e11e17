"""A Lua value as JSON has it: a table with 1, 2, 3 ... for keys is a list, as an empty one is."""

from __future__ import annotations

import math
from typing import Any

from distrorocks.lua.value import LuaValue, sequence


def json_form(value: LuaValue) -> Any:
    """Return what JSON can say of a value; functions and numbers without end are null."""
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
