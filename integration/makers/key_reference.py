"""Write ``docs/configuration-keys.md``: the keys of LuaRocks' configuration, from their tables.

python -m integration.makers.key_reference
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

from distrorocks.config.configuration import Circumstances
from distrorocks.config.defaults import defaults
from distrorocks.config.shape import SHAPES
from distrorocks.lua.value import LuaValue
from distrorocks.lua.write import value_text

PAGE = Path(__file__).parent.parent.parent / "docs/configuration-keys.md"
HEAD = """# Keys of LuaRocks' configuration

For everybody who writes a configuration file of LuaRocks, which is distrorocks' own too
([configuration.md](configuration.md)). `distrorocks config KEY --origin` prints a value and where
it is set. A value of another type is ignored, with a warning. The defaults are those for Lua 5.4 on
Linux with x86_64; a dash means that there is none. This page is made by
`python -m integration.makers.key_reference`.

| key | type | default | meaning |
|---|---|---|---|
"""
TAIL = """
Keys that are "for LuaRocks only" are kept and printed, and change nothing that distrorocks does.
"""
OWN_SHAPES = {
    "rocks_servers": "a list of addresses, or of lists of mirrors",
    "rocks_trees": "a list of directories, or of tables with `name` and `root`",
}
"""The types of the keys whose entries are judged one by one (``config/traps.py``)."""

_LUAROCKS = "for LuaRocks only:"
MEANINGS = {
    "accept_unknown_fields": f"{_LUAROCKS} whether rockspecs may have fields that it does not know",
    "accepted_build_types": "if set, rocks with another build type are refused",
    "aggressive_cache": "never ask a server again for a rock or rockspec that is in the cache",
    "arch": "the system that binary rocks are for, as in their file names",
    "cache_fail_timeout": "seconds for which a file that a server lacks is taken to be missing",
    "cache_timeout": "seconds for which a downloaded file is taken to be current",
    "check_certificates": "false causes a warning; distrorocks verifies certificates anyway",
    "cmake_generator": "the generator that CMake is called with",
    "connection_timeout": "seconds to wait for a server; 0 means an hour",
    "deps_mode": "the trees whose rocks satisfy dependencies ([trees.md](trees.md))",
    "disabled_servers": "servers of `rocks_servers` that are not asked",
    "export_path_separator": f"{_LUAROCKS} what stands between the directories of PATH",
    "external_deps_dirs": "where headers and libraries are looked for",
    "external_deps_patterns": "the names that programs, headers and libraries may have",
    "external_deps_subdirs": "their directories below those of `external_deps_dirs`",
    "external_lib_extension": "the suffix of the libraries that rocks are linked with",
    "fs_use_modules": f"{_LUAROCKS} whether it uses modules in C such as lfs",
    "gcc_rpath": "link libraries by their directories too (`-Wl,-rpath`)",
    "home": "the user's home directory",
    "home_tree": "the root of the user's tree",
    "homeconfdir": "the directory of the user's configuration",
    "hooks_enabled": "false: refuse rocks with hooks",
    "keep_other_versions": "keep the older versions of a rock that is installed",
    "lib_extension": f"{_LUAROCKS} the suffix of modules in C",
    "lib_modules_path": "where a tree has its modules in C",
    "link_lua_explicitly": "link modules in C with Lua's library",
    "local_by_default": "install into the user's tree, as with `--local`",
    "local_cache": "the directory of downloaded files",
    "lua_extension": f"{_LUAROCKS} the suffix of modules in Lua",
    "lua_interpreter": "the name of the Lua program, in the directory `variables.LUA_BINDIR`",
    "lua_modules_path": "where a tree has its modules in Lua",
    "lua_version": "the Lua version that the file is for",
    "make": f"{_LUAROCKS} the program make; distrorocks takes `variables.MAKE`",
    "makefile": "the Makefile of rocks with build type `make` that name none",
    "no_manifest": "leave the manifest of the tree as it is, as with `--no-manifest`",
    "obj_extension": f"{_LUAROCKS} the suffix of object files",
    "only_sources_from": "use only sources whose addresses begin like this",
    "project_dir": "the directory of the project",
    "rocks_provided": "rocks that count as installed, with their versions",
    "rocks_servers": "the servers that are asked, in this order ([servers.md](servers.md))",
    "rocks_subdir": "where a tree has its rocks",
    "rocks_trees": "the trees, in the order in which Lua loads from them ([trees.md](trees.md))",
    "runtime_external_deps_patterns": "the names that programs and libraries of binary rocks have",
    "runtime_external_deps_subdirs": "their directories below those of `external_deps_dirs`",
    "show_downloads": f"{_LUAROCKS} whether it prints the progress of downloads",
    "static_lib_extension": f"{_LUAROCKS} the suffix of static libraries",
    "sysconfdir": "the directory of the system's configuration",
    "target_cpu": "the processor that rocks are built for",
    "upload": f"{_LUAROCKS} the server that its `upload` sends to",
    "upload_password": f"{_LUAROCKS} the password for `upload_server`",
    "upload_server": "the server of `upload_servers` that `add` and `remove` change by default",
    "upload_servers": "servers that can be changed from here ([server-folders.md]"
    "(server-folders.md#add-and-remove))",
    "upload_user": "the user's name for `upload_server`",
    "variables": "programs, flags and directories of builds, such as `CC`, `CFLAGS`, `LUA_INCDIR`",
    "verbose": f"{_LUAROCKS} whether it prints what it runs",
    "web_browser": f"{_LUAROCKS} the program in which it opens pages",
    "wrap_bin_scripts": "install commands behind wrappers that set Lua's search paths",
    "wrapper_suffix": f"{_LUAROCKS} the suffix of wrappers",
}
"""What each key is for, as LuaRocks uses it and as distrorocks does."""

_MOST_ENTRIES = 4


class Key(NamedTuple):
    """A row of the table."""

    name: str
    wanted: str
    default: str
    meaning: str


def keys() -> list[Key]:
    """Return all keys that LuaRocks' configuration can have, by their names."""
    table = defaults(Circumstances("5.4", "~", {}), ("linux", "unix")).table
    types = {**{str(key): shape.wanted for key, shape in SHAPES.items()}, **OWN_SHAPES}
    return [
        Key(name, types[name], _default(table.get(name)), MEANINGS[name]) for name in sorted(types)
    ]


def _default(value: LuaValue) -> str:
    """Return a default as Lua has it; that of a large table in words."""
    if value is None:
        return "—"
    if not isinstance(value, dict):
        return f"`{_lua(value)}`"
    if not value:
        return "`{}`"
    if all(isinstance(each, str) for each in value.values()) and len(value) <= _MOST_ENTRIES:
        return f"`{_lua(value)}`"
    return f"a table of {len(value)}"


def _lua(value: LuaValue) -> str:
    """Return a value as Lua, in one line."""
    if not isinstance(value, dict):
        return value_text(value)
    is_list = list(value) == list(range(1, len(value) + 1))
    items = (_lua(each) if is_list else f"{key} = {_lua(each)}" for key, each in value.items())
    return f"{{ {', '.join(items)} }}"


def reference() -> str:
    """Return the page."""
    rows = (f"| `{it.name}` | {it.wanted} | {it.default} | {it.meaning} |\n" for it in keys())
    return HEAD + "".join(rows) + TAIL


def main() -> int:
    """Write the page."""
    PAGE.write_text(reference())
    return 0


if __name__ == "__main__":
    sys.exit(main())
