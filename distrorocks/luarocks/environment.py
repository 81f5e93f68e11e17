"""The environment in which LuaRocks and the programs of a build run.

LuaRocks extends Lua's search paths by all trees of its configuration and loads its own modules
from there, and programs that it starts obey files in the home directory. So root gives them neither
a home directory nor a search path that another user can write.
"""

from __future__ import annotations

import os

from distrorocks.errors import DistrorocksError
from distrorocks.luarocks.config_file import DIRECTORY
from distrorocks.luarocks.host_cpu import host_cpu, multiarch
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.system.files.trust import trusted_path
from distrorocks.system.processes.command import PATH
from distrorocks.system.trees.tree_rights import foreign_reason
from distrorocks.trees.layout import Layout, tree_layout

_PASSED_ON = (
    *("USER", "LOGNAME", "TMPDIR"),
    *("CC", "MAKE", "AR", "RANLIB", "CFLAGS", "LDFLAGS", "PKG_CONFIG_PATH"),
    *("http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy"),
    *("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE", "SSH_AUTH_SOCK"),
)
_PERSONAL = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")
"""Variables whose directories hold configuration or a cache of the user."""

_LOCAL = "/usr/local"
_SYSTEM = "/usr"


def luarocks_environment(layout: Layout, directory: str) -> dict[str, str]:
    """Return a clean environment for LuaRocks and the programs of a build.

    The tree's modules are last on Lua's search path, so that build back-ends in it work. Root's
    PATH is fixed. Root's home is the private ``directory`` if another user can write the real one.
    """
    is_root = os.geteuid() == 0
    known = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    personal = {name: os.environ[name] for name in _PERSONAL if os.environ.get(name)}
    personal.setdefault("HOME", "/root" if is_root else "/")
    if is_root:
        personal = {name: path for name, path in personal.items() if _is_trusted(path)}
    return {
        "HOME": directory,
        **known,
        **personal,
        "PATH": PATH if is_root else os.environ.get("PATH") or PATH,
        "LC_ALL": "C.UTF-8",
        **_system_config(),
        **_search_paths(layout),
    }


def _system_config() -> dict[str, str]:
    """Return the variable for the directory of the system's configuration, if it must be set.

    LuaRocks writes this directory into the wrappers of commands. Raise ``UntrustedError`` if the
    caller named one that another user can write, since files could be created there at any moment.
    """
    name = "LUAROCKS_SYSCONFDIR"
    given = os.environ.get(name)
    if os.geteuid() != 0:
        return {name: given} if given else {}
    if given:
        trusted_path("/", os.path.abspath(given))
        return {name: os.path.abspath(given)}
    return {} if _is_trusted(f"{_LOCAL}/etc/luarocks") else {name: DIRECTORY}


def _is_trusted(directory: str) -> bool:
    """Return whether nobody but root can write a directory."""
    try:
        return os.path.isabs(directory) and bool(trusted_path("/", directory))
    except DistrorocksError:
        return False


def _search_paths(layout: Layout) -> dict[str, str]:
    """Return Lua's search paths: its default, then the tree.

    If others can write what a Lua version searches by default, its directories are listed instead,
    without those. Lua 5.1 has only the variables without a version, which all versions know.
    """
    found: dict[str, str] = {}
    for version in LUA_VERSIONS:
        lua, lib = _defaults(version)
        paths = {
            "LUA_PATH": f"{lua};{layout.lua_dir}/?.lua;{layout.lua_dir}/?/init.lua",
            "LUA_CPATH": f"{lib};{layout.lib_dir}/?.so",
        }
        for name, path in paths.items():
            if found.setdefault(name, path) != path:
                found[f"{name}_{version.replace('.', '_')}"] = path
    return found


def _defaults(lua_version: str) -> tuple[str, str]:
    """Return the search paths of a Lua version before the tree; ``;`` stands for its default."""
    if not foreign_reason(tree_layout(_LOCAL, lua_version)):
        return ";", ";"
    cpu = host_cpu("/")
    places = ("share", "lib", "lib64", f"lib/{multiarch('/', cpu)}")
    lua = [f"{_SYSTEM}/{place}/lua/{lua_version}" for place in places]
    files = [f"{each}/{file}" for each in lua for file in ("?.lua", "?/init.lua")]
    files.append(f"{_SYSTEM}/share/lua/common/?.lua")
    return ";".join(files), ";".join(f"{each}/?.so" for each in lua[1:])
