"""Rocks that are there without any tree: what the interpreter brings, and ``rocks_provided``.

LuaRocks looks here by name before it looks into trees; a provided rock hides every other of its
name, also where its version is not the one that is needed.
"""

from __future__ import annotations

from distrorocks.lua.value import LuaTable
from distrorocks.rocks.lua_version import rocks_provided
from distrorocks.rocks.version import Version


def provided_rocks(lua_version: str, config: LuaTable, *, luajit: str = "") -> dict[str, Version]:
    """Return the version of each provided rock by its name.

    They are those of ``lua_version``, of LuaJIT where ``luajit`` is its version, and of the
    configuration's ``rocks_provided``, which cannot change the others. Its names hold as they are
    written; trees and dependencies have names in lower case.
    """
    found = {name: Version.parse(f"{lua_version}-1") for name in rocks_provided(lua_version)}
    if luajit and lua_version == "5.1":
        found |= {name: Version.parse(f"{luajit}-1") for name in ("luabitop", "luajit")}
    configured = config.get("rocks_provided")
    if isinstance(configured, dict):
        for name, version in configured.items():
            if isinstance(name, str) and isinstance(version, str):
                found.setdefault(name, Version.parse(version))
    return found
