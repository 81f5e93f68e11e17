"""The default Lua version."""

from __future__ import annotations

import os

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import NotLiteral, parse, script
from distrorocks.lua.value import LuaValue
from distrorocks.luarocks.config_file import DIRECTORY, home
from distrorocks.luarocks.interpreter import luarocks_versions
from distrorocks.patterns import regex
from distrorocks.rocks.lua_version import LUA_VERSIONS, LuaVersion
from distrorocks.system.files.root_path import RootView
from distrorocks.system.files.trust import read_steering
from distrorocks.system.lua.jail import Jail
from distrorocks.system.lua.program import find_program

_PATH = "/usr/local/bin:/usr/bin:/bin"
NAME = "default-lua-version.lua"

_LIMIT = 64 * 1024
_LITERAL = regex(rb"\A(?:\s|--(?!\[)[^\n]*\n)*return\b")


def default_lua_version(root: str, jail: Jail, *, project: str | None) -> LuaVersion:
    """Return the Lua version that LuaRocks uses by default.

    In order: the file ``default-lua-version.lua`` of the project, the user or the system; the
    newest configuration of the project; the Lua that the program ``luarocks`` runs under; the
    interpreter ``lua``; the newest one installed. A file without a supported version is ignored, as
    in LuaRocks.
    """
    view = RootView(root)
    environ = os.environ if root == "/" else {}
    above = environ.get("XDG_CONFIG_HOME") or f"{home(root)}/.config"
    directories = [f"{project}/.luarocks"] if project else []
    directories += [
        f"{above}/luarocks",
        f"{home(root)}/.luarocks",
        environ.get("LUAROCKS_SYSCONFDIR") or DIRECTORY,
    ]
    for directory in directories:
        path = f"{directory}/{NAME}"
        said = _said(view, path, jail)
        if said in LUA_VERSIONS:
            return LuaVersion.parse(str(said))
    newest = LUA_VERSIONS[::-1]
    for version in newest if project else ():
        path = f"{project}/.luarocks/config-{version}.lua"
        if view.find(path):
            return version
    return _interpreter(view, environ.get("PATH") or _PATH)


def running_version(root: str) -> LuaVersion | None:
    """Return the version of the Lua that the program ``luarocks`` runs with, None if unknown."""
    view, environ = RootView(root), os.environ if root == "/" else {}
    path = environ.get("PATH") or _PATH
    known = luarocks_versions(view, path)
    return next((version for version in known if find_program(view, version, path)), None)


def _interpreter(view: RootView, path: str) -> LuaVersion:
    """Return the version of ``luarocks``, or of ``lua``, or the newest that has a program."""
    found = {version: find_program(view, version, path) for version in LUA_VERSIONS[::-1]}
    for version in luarocks_versions(view, path):
        if found[version]:
            return version
    for directory in path.split(":"):
        plain = view.find(f"{directory}/lua")
        for version, program in found.items():
            mine = program and view.find(program["LUA"])
            if plain and mine and mine.path == plain.path:
                return version
    return next((version for version, it in found.items() if it), LuaVersion("5.4"))


def _said(view: RootView, path: str, jail: Jail) -> LuaValue:
    """Return the value that a Lua file returns, or None if it cannot be read."""
    try:
        text = script(read_steering(view.root, path, _LIMIT))
        literal = _LITERAL.match(text)
        if literal:
            try:
                return parse(b"said =" + text[literal.end() :]).globals.get("said")
            except NotLiteral:
                pass
        wrapped = b"said = (function() " + text + b"\nend)()"
        return jail.evaluate(wrapped, name=path).globals.get("said")
    except DistrorocksError:
        return None
