"""The surroundings of trees: interpreters, hooks, locks, permissions, the environment."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable

from distrorocks.families.known import FAMILIES
from distrorocks.patterns import regex
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.system.files.bounded_file import FileReadError, read_bounded
from distrorocks.system.files.lock_holder import (
    OURS,
    STALE_SECONDS,
    FoundLock,
    is_stale,
    parse_holder,
)
from distrorocks.system.files.root_path import RootView
from distrorocks.system.processes.process import is_running

_RELEASE = regex(rb'program_version\s*=\s*"([0-9][0-9.]*)"')
_MOST_BYTES = 256 * 1024
_BIN = ("/usr/bin", "/usr/local/bin")
_MOST_DIGITS = 20  # more than any process id has
_FOR_ALL = 0o005
_VARIABLES = ("LUA_PATH", "LUA_CPATH", "LUA_INIT")


def has_interpreter(view: RootView, lua_version: str) -> bool:
    """Return whether a root has an interpreter for a Lua version, by distributions' names."""
    names = [f"lua{lua_version}", f"lua-{lua_version}", f"lua{lua_version.replace('.', '')}"]
    if lua_version == "5.1":
        names.append("luajit")
    return any(view.find(f"{directory}/{name}") for directory in _BIN for name in names)


def has_luarocks(view: RootView) -> bool:
    """Return whether a root has the program ``luarocks``, also under a name for one Lua version."""
    from distrorocks.luarocks.interpreter import is_ourselves

    names = ["luarocks", *(f"luarocks-{version}" for version in LUA_VERSIONS)]
    found = (view.find(f"{directory}/{name}") for directory in _BIN for name in names)
    return any(each and not is_ourselves(each.path) for each in found)


def luarocks_release(view: RootView) -> str | None:
    """Return LuaRocks' version out of its own files, "" if they do not say, None without it."""
    if not has_luarocks(view):
        return None
    for directory in ("/usr/local/share/lua", "/usr/share/lua"):
        for version in LUA_VERSIONS:
            found = view.find(f"{directory}/{version}/luarocks/core/cfg.lua")
            if not found:
                continue
            try:
                text = read_bounded(view.host_path(found.path), _MOST_BYTES)
            except FileReadError:
                continue
            if release := _RELEASE.search(text):
                return release[1].decode()
    return ""


def hooked_families(root: str, families: Iterable[str]) -> tuple[str, ...]:
    """Return the families whose package manager runs our hooks in ``root``."""
    return tuple(each for each in families if each in FAMILIES and FAMILIES[each].has_hook(root))


def stale_lock(view: RootView, path: str) -> str:
    """Return who left a stale lock at ``path``, or "" if there is none or its holder is alive.

    LuaRocks' lock does not record its maker; after an hour it counts as stale.
    """
    found = view.entry(path)
    place = view.host_path(found.path) if found else ""
    try:
        made = os.lstat(place).st_mtime
        target = os.readlink(place) if os.path.islink(place) else ""
    except OSError:
        return ""
    holder = parse_holder(target)
    if holder and holder.is_told_in_full:
        is_dead = is_stale(FoundLock(holder, made), has_flock=False)
        return f"process {holder.process}, which is gone" if is_dead else ""
    number = target.removeprefix(OURS)
    if target.startswith(OURS) and number.isascii() and number.isdigit():
        number = number[:_MOST_DIGITS]
        return "" if is_running(int(number)) else f"process {number}, which is gone"
    age = time.time() - made
    return f"a program {age / 3600:.0f} hours ago" if age > STALE_SECONDS else ""


def closed_to_others(view: RootView, path: str) -> str | None:
    """Return the first component of ``path`` that not everybody may read, or None.

    Every user runs luarocks: directories need ``rx`` for others, the file ``r``.
    """
    steps = path.strip("/").split("/")
    for count in range(1, len(steps) + 1):
        here = "/" + "/".join(steps[:count])
        found = view.find(here)
        if found is None:
            return None
        wanted = 0o004 if found.is_file else _FOR_ALL
        if found.status.st_mode & wanted != wanted:
            return here
    return None


def is_read_only(view: RootView, directory: str) -> bool:
    """Return whether an existing directory is on a file system that is mounted read-only."""
    found = view.find(directory)
    try:
        return bool(found and os.statvfs(view.host_path(found.path)).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def lua_variables(root: str) -> dict[str, str]:
    """Return the environment variables that Lua itself reads; none for another root."""
    if root != "/":
        return {}
    return {
        name: value for name, value in os.environ.items() if name.partition("_5_")[0] in _VARIABLES
    }
