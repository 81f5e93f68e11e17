"""The shipped table of Lua's C API."""

from __future__ import annotations

from functools import cache

from distrorocks.code.lua_api import LuaApi, parse_lua_api
from distrorocks.system.files.shipped_data import read_shipped


@cache
def read_lua_api() -> LuaApi:
    """Return which names of Lua's C API each Lua version has."""
    return parse_lua_api(read_shipped("lua_api.tsv"))
