"""Platform overrides: what a rockspec says for one platform, laid over what it says for all.

The rule is LuaRocks' own (``luarocks.rockspecs``): tables are merged key by key, so lists are
merged by index, and anything else is replaced.
"""

from __future__ import annotations

from collections.abc import Iterable

from distrorocks.lua.value import LuaTable, LuaValue


def merged(table: LuaTable, over: LuaTable) -> LuaTable:
    """Return a new table with the values of ``over`` laid over those of ``table``."""
    result = dict(table)
    for key, value in over.items():
        old: LuaValue = result.get(key)
        if isinstance(value, dict) and (old is None or isinstance(old, dict)):
            result[key] = merged(old or {}, value)
        else:
            result[key] = value
    return result


def for_platforms(table: LuaTable, platforms: Iterable[str]) -> LuaTable:
    """Return ``table`` as it is on ``platforms``, the least specific first, without ``platforms``.

    Entries that are no tables are passed over: the type check tells of them.
    """
    for platform in platforms:
        by_platform = table.get("platforms")
        over = by_platform.get(platform) if isinstance(by_platform, dict) else None
        if isinstance(over, dict):
            table = merged(table, over)
    return {key: value for key, value in table.items() if key != "platforms"}
