"""A Lua of the system that runs a package's own modules, in the tests of that package.

This is no reader of strangers' files: it is asked only for packages that are being built or tested,
whose code runs anyway. What is merely read goes to the strict parser or the jail.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.program import find_program
from distrorocks.system.processes.command import PATH, CommandError, run

_SECONDS = 60
_REQUIRE = "require(os.getenv('DISTROROCKS_MODULE'))"


def lua_program(lua_version: str) -> str | None:
    """Return the interpreter of a Lua version in the fixed path, None for none."""
    return find_program(RootView("/"), lua_version, PATH).get("LUA")


def require_fault(
    module: str, lua_version: str, *, lua_dirs: Iterable[str], lib_dirs: Iterable[str]
) -> str:
    """Return what Lua says of a module that it cannot load, or ""; the directories come first."""
    program = lua_program(lua_version)
    if program is None:
        return f"Lua {lua_version} is not installed"
    patterns = [f"{place}/{name}" for place in lua_dirs for name in ("?.lua", "?/init.lua")]
    environment = {
        "LUA_PATH": ";".join((*patterns, ";")),
        "LUA_CPATH": ";".join((*(f"{place}/?.so" for place in lib_dirs), ";")),
        "LUA_INIT": "",
        "DISTROROCKS_MODULE": module,
    }
    try:
        done = run([program, "-e", _REQUIRE], timeout=_SECONDS, environment=environment)
    except CommandError as error:
        return error.brief
    if done.status == 0:
        return ""
    said = os.fsdecode(done.stderr).strip().splitlines()
    return said[0] if said else f"{program} left with {done.status}"
