"""The wrapper of a command: a shell script that runs it in Lua with the trees' search paths.

The text is that of LuaRocks' ``wrap_script`` on Unix. LuaRocks names the default directories of
each tree; here a tree's own ``lua_dir``, ``lib_dir`` and ``rocks_dir`` count, without which the
command would not find its modules.
"""

from __future__ import annotations

from distrorocks.trees.layout import Layout, Rock
from distrorocks.values import NamedTuple

_LOADER = 'local k,l,_=pcall(require,"luarocks.loader") _=k and l.add_context'


class WrapperSettings(NamedTuple):
    """What wrappers contain.

    ``lua`` is the interpreter's path, ``sysconfdir`` LuaRocks' directory of configuration files,
    and ``trees`` are those in which a command finds its modules, in order
    (``deps_mode.consulted``). ``is_wrapped`` is ``wrap_bin_scripts`` of the configuration, None if
    it is not set.
    """

    lua: str
    sysconfdir: str = "/etc/luarocks"
    trees: tuple[Layout, ...] = ()
    is_wrapped: bool | None = None


def wraps(settings: WrapperSettings, *, wraps_scripts: bool, is_lua: bool) -> bool:
    """Return whether a command gets a wrapper, or is copied.

    The configuration decides if it says anything, else the rockspec; a command that is not Lua is
    always copied.
    """
    allowed = wraps_scripts if settings.is_wrapped is None else settings.is_wrapped
    return allowed and is_lua


def wrapper(settings: WrapperSettings, rock: Rock, script: str) -> str:
    """Return the wrapper that runs ``script``, a path, for a rock."""
    lua_path = ";".join(
        f"{tree.lua_dir}/{pattern}"
        for tree in settings.trees
        for pattern in ("?.lua", "?/init.lua")
    )
    c_path = ";".join(f"{tree.lib_dir}/?.so" for tree in settings.trees)
    name, version = rock
    start = (
        f"package.path={_lua(lua_path + ';')}..package.path",
        f"package.cpath={_lua(c_path + ';')}..package.cpath",
        f"{_LOADER}({_lua(name)},{_lua(version)})",
    )
    words = (_shell(settings.lua), "-e", _shell(";".join(start)), _shell(script), '"$@"')
    return (
        f"#!/bin/sh\n\nLUAROCKS_SYSCONFDIR={_shell(settings.sysconfdir)} exec {' '.join(words)}\n"
    )


def _shell(text: str) -> str:
    """Return a word for the shell, always in quotes."""
    quoted = text.replace("'", "'\\''")
    return f"'{quoted}'"


def _lua(text: str) -> str:
    """Return a string as Lua 5.1's ``%q`` writes it, which all versions read alike."""
    for old, new in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\\n"), ("\r", "\\r")):
        text = text.replace(old, new)
    return f'"{text}"'
