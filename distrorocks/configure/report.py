"""Report LuaRocks' configuration: all of it, one key, or the origins of keys."""

from __future__ import annotations

from collections.abc import Mapping

from distrorocks.config.configuration import Configuration, Place
from distrorocks.config.key_path import key_text, parse_key, value_at
from distrorocks.config.layers import DETECTED, Layered, laid_over, origins_below
from distrorocks.lua.value import LuaTable, LuaValue, table_of
from distrorocks.luarocks.config import read_configuration
from distrorocks.luarocks.default_lua_version import default_lua_version
from distrorocks.rocks.lua_version import LuaVersion
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.stack import Tree, entry_layout, listed_trees
from distrorocks.trees.target import PROJECT, PROJECT_TREE, User, Wish, target
from distrorocks.values import NamedTuple

_NOT_SHOWN = ("errorcodes", "flags", "root_dir", "upload_servers")


class ConfigRequest(NamedTuple):
    """The root and the Lua version, "" for the default version.

    ``project`` is the directory of the current project, None if there is none.
    """

    root: str
    lua_version: str = ""
    project: str | None = None


def configuration(
    request: ConfigRequest, jail: Jail, *, assignments: Mapping[str, str] | None = None
) -> Configuration:
    """Return the configuration for the requested Lua version."""
    root, version, project = request
    if not version:
        version = default_lua_version(root, jail, project=project)
    return read_configuration(
        root, LuaVersion.parse(version), jail, project=project, assignments=assignments
    )


def shown(found: Configuration) -> Layered:
    """Return the table as LuaRocks prints it: with the current tree, without internal keys."""
    table = {key: value for key, value in found.table.items() if key not in _NOT_SHOWN}
    more: LuaTable = {"config_files": _files(found)}
    listed = listed_trees(table)
    if found.project_dir:
        project: LuaTable = {"name": PROJECT, "root": f"{found.project_dir}/{PROJECT_TREE}"}
        listed.insert(0, project)
        table["rocks_trees"] = table_of(listed)
    layouts = [entry_layout(entry, table, found.lua_version) for entry in listed]
    trees = [Tree(layout) for layout in layouts if layout]
    wish, user = Wish(project=found.project_dir), User(found.home)
    layout = target(trees, table, wish, user).tree.layout
    more["deploy_bin_dir"] = layout.bin_dir
    more["deploy_lua_dir"] = layout.lua_dir
    more["deploy_lib_dir"] = layout.lib_dir
    more["rocks_dir"] = layout.rocks_dir
    more["variables"] = {"ROCKS_TREE": layout.rocks_dir, "SCRIPTS_DIR": layout.bin_dir}
    return laid_over(Layered(table, found.origins), more, DETECTED)


def value_of(found: Configuration, key: str) -> LuaValue:
    """Return the value of one key; raise ``NoEntryError`` if it is not set."""
    return value_at(shown(found).table, parse_key(key))


def origins_of(found: Configuration, key: str = "") -> dict[str, str]:
    """Return the origin of a key, or of each key in it if they differ; of all without ``key``."""
    layered = shown(found)
    path = parse_key(key) if key else ()
    value_at(layered.table, path)
    below = origins_below(layered.origins, path)
    if key and len(set(below.values())) == 1:
        return {key_text(path): next(iter(below.values()))}
    return {key_text(each): origin for each, origin in below.items()}


def _files(found: Configuration) -> LuaTable:
    """Return the three configuration files as LuaRocks reports them."""
    places = found.places
    table: LuaTable = {"nearest": places.nearest}
    scopes = (("system", places.system), ("user", places.user), ("project", places.project))
    table.update({scope: _file(place) for scope, place in scopes if place})
    return table


def _file(place: Place) -> LuaTable:
    return {"file": place.path, "found": place.is_found}
