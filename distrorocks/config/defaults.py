"""LuaRocks' default configuration on Linux and similar systems.

They are those of LuaRocks 3.13, except that certificates are checked and that ``/usr/local`` is
always a tree (docs/configuration.md lists all differences).
"""

from __future__ import annotations

from collections.abc import Collection

from distrorocks.config.configuration import Circumstances, joined
from distrorocks.config.layers import DEFAULT, Layered, laid_over, layer
from distrorocks.lua.value import LuaTable, table_of

PUBLIC_SERVERS = (
    "https://luarocks.org",
    "https://raw.githubusercontent.com/rocks-moonscript-org/moonrocks-mirror/master/",
    "https://loadk.com/luarocks/",
)
SYSTEM_TREE = "/usr/local"

_TOOLS = (
    "RANLIB AR CVS GIT SSCM SVN HG GPG RSYNC WGET SCP CURL PWD MKDIR RMDIR CP LN LS RM FIND CHMOD "
    "ICACLS MKTEMP ZIP GUNZIP BUNZIP2 TAR MD5SUM OPENSSL MD5 TOUCH CMAKE MAKE TEST"
)
_VARIABLES: LuaTable = {
    **{name: name.lower() for name in _TOOLS.split()},
    "CC": "gcc",
    "LD": "gcc",
    "UNZIP": "unzip -n",
    "SEVENZ": "7z",
    "RSYNCFLAGS": "--exclude=.git -Oavz",
    "CURLNOCERTFLAG": "",
    "WGETNOCERTFLAG": "",
    "CFLAGS": "-O2 -fPIC",
    "LIBFLAG": "-shared",
    "LIB_EXTENSION": "so",
    "OBJ_EXTENSION": "o",
}
_FROM_ENVIRONMENT = (
    ("MAKE", "MAKE"),
    ("CC", "CC"),
    ("LD", "CC"),
    ("AR", "AR"),
    ("RANLIB", "RANLIB"),
    ("CFLAGS", "CFLAGS"),
    ("LDFLAGS", "LDFLAGS"),
)
_GMAKE = {"bsd", "solaris"}
_ARCHES = ("linux", "freebsd", "dragonfly", "openbsd", "netbsd", "solaris")
_PLAIN: LuaTable = {
    "local_by_default": False,
    "accept_unknown_fields": False,
    "fs_use_modules": True,
    "hooks_enabled": True,
    "deps_mode": "one",
    "no_manifest": False,
    "check_certificates": True,
    "wrap_bin_scripts": True,
    "cache_timeout": 60,
    "cache_fail_timeout": 86400,
    "connection_timeout": 30,
    "lua_extension": "lua",
    "lib_extension": "so",
    "static_lib_extension": "a",
    "external_lib_extension": "so",
    "obj_extension": "o",
    "link_lua_explicitly": False,
    "gcc_rpath": True,
    "cmake_generator": "Unix Makefiles",
    "export_path_separator": ":",
    "wrapper_suffix": "",
    "web_browser": "xdg-open",
}
_LISTS: dict[str, dict[str, tuple[str, ...]]] = {
    "external_deps_patterns": {
        "bin": ("?",),
        "include": ("?.h",),
        "lib": ("lib?.a", "lib?.so", "lib?.so.*"),
    },
    "runtime_external_deps_patterns": {
        "bin": ("?",),
        "include": ("?.h",),
        "lib": ("lib?.so", "lib?.so.*"),
    },
}


def defaults(facts: Circumstances, platforms: Collection[str], *, home_tree: str = "") -> Layered:
    """Return all defaults; those that depend on the environment have it as their origin.

    ``home_tree`` is the root of the user's tree, if a file sets it.
    """
    version = facts.lua_version
    table: LuaTable = {
        **_PLAIN,
        "lua_modules_path": f"share/lua/{version}",
        "lib_modules_path": f"lib/lua/{version}",
        "rocks_subdir": f"lib/luarocks/rocks-{version}",
        "rocks_servers": {1: table_of(PUBLIC_SERVERS)},
        "disabled_servers": {},
        "upload": {
            "server": "https://luarocks.org",
            "tool_version": "1.0.0",
            "api_version": "1",
        },
        "external_deps_dirs": table_of(("/usr/local", "/usr", "/")),
        "arch": "unknown",
        "variables": dict(_VARIABLES),
        "local_cache": _cache(facts),
        "rocks_trees": table_of(
            (
                {"name": "user", "root": home_tree or facts.home_tree},
                {"name": "system", "root": SYSTEM_TREE},
            )
        ),
    }
    for key, patterns in _LISTS.items():
        table[key] = {kind: table_of(each) for kind, each in patterns.items()}
    for key in ("external_deps_subdirs", "runtime_external_deps_subdirs"):
        table[key] = {"bin": "bin", "include": "include", "lib": "lib"}
    _adapt(table, facts, platforms)
    found = layer(table, DEFAULT)
    for variable, name in _FROM_ENVIRONMENT:
        value = facts.environ.get(name)
        if value is not None and not (variable == "MAKE" and _GMAKE & set(platforms)):
            if variable == "CFLAGS" and "-fPIC" not in value:
                value += " -fPIC"
            found = laid_over(found, {"variables": {variable: value}}, f"environment {name}")
    return found


def _cache(facts: Circumstances) -> str:
    """Return the directory of LuaRocks' download cache."""
    if facts.is_superuser:
        return "/var/cache/luarocks"
    above = facts.environ.get("XDG_CACHE_HOME") or joined(facts.home, ".cache")
    return joined(above, "luarocks")


def _adapt(table: LuaTable, facts: Circumstances, platforms: Collection[str]) -> None:
    """Apply the differences of some platforms."""
    variables: LuaTable = dict(_VARIABLES)
    if "bsd" in platforms:
        variables.update(MAKE="gmake", CC="cc", LD="cc")
        table["gcc_rpath"] = False
    if "solaris" in platforms:
        variables["MAKE"] = "gmake"
    table["variables"] = variables
    for name in _ARCHES:
        if name in platforms:
            table["arch"] = f"{name}-{facts.cpu}"
    if "linux" in platforms:
        below = (f"lib/{facts.multiarch}",) if facts.multiarch else ()
        for key in ("external_deps_subdirs", "runtime_external_deps_subdirs"):
            lib = table_of((*below, "lib64", "lib"))
            table[key] = {"bin": "bin", "include": "include", "lib": lib}
