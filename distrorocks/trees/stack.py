"""The stack: the trees that a LuaRocks configuration lists, in its order, for one Lua version.

An entry of ``rocks_trees`` is a text, the tree's root, or a table with ``root`` and perhaps
``name`` and its own directories. ``lua_modules_path``, ``lib_modules_path`` and ``rocks_subdir``
change the directories of all trees (LuaRocks, "Config file format").
"""

from __future__ import annotations

import posixpath

from distrorocks.lua.value import LuaTable, LuaValue, sequence
from distrorocks.trees.layout import Layout, tree_layout
from distrorocks.values import NamedTuple

SYSTEM_ROOT = "/usr/local"

_MOVED = (
    ("lua_dir", "lua_modules_path"),
    ("lib_dir", "lib_modules_path"),
    ("rocks_dir", "rocks_subdir"),
)


class Tree(NamedTuple):
    """One tree of a stack; ``is_listed`` is true if ``rocks_trees`` has it."""

    layout: Layout
    is_listed: bool = True


def listed_trees(config: LuaTable) -> list[LuaValue]:
    """Return the entries of ``rocks_trees`` as written, [] for none."""
    entries = config.get("rocks_trees")
    return sequence(entries) if isinstance(entries, dict) else []


def default_trees(home: str) -> list[LuaValue]:
    """Return the default entries of ``rocks_trees``."""
    return [
        {"name": "user", "root": f"{home.rstrip('/')}/.luarocks"},
        {"name": "system", "root": SYSTEM_ROOT},
    ]


def entry_layout(entry: LuaValue, config: LuaTable, lua_version: str) -> Layout | None:
    """Return the layout of one entry of ``rocks_trees``, or None if it is invalid."""
    table: LuaTable = {"root": entry} if isinstance(entry, str) else {}
    if isinstance(entry, dict):
        table = entry
    root = _text(table, "root")
    if not root:
        return None
    root = normal(root)
    directories = {}
    for key, moved_by in _MOVED:
        below = _text(config, moved_by).strip("/")
        own = _text(table, key)
        if own or below:
            directories[key] = normal(own or f"{root}/{below}")
    bin_dir = _text(table, "bin_dir")
    return tree_layout(
        root,
        lua_version,
        name=_text(table, "name"),
        bin_dir=normal(bin_dir) if bin_dir else "",
        **directories,
    )


def stack(config: LuaTable, distro: Layout, *, home: str) -> list[Tree]:
    """Return the trees of ``config``, with the distribution's last if no entry names it.

    The distribution's tree has the name in its entry, by default ``distro``. If the entry does not
    set ``lib_dir``, the distribution's is used.
    """
    trees: list[Tree] = []
    for entry in listed_trees(config) or default_trees(home):
        layout = entry_layout(entry, config, distro.lua_version)
        if layout and is_distro(layout, distro):
            own = isinstance(entry, dict) and "lib_dir" in entry
            lib_dir = layout.lib_dir if own else distro.lib_dir
            layout = layout._replace(name=layout.name or distro.name, lib_dir=lib_dir)
        if layout:
            trees.append(Tree(layout))
    if not any(is_distro(tree.layout, distro) for tree in trees):
        trees.append(Tree(distro, is_listed=False))
    return trees


def is_distro(layout: Layout, distro: Layout) -> bool:
    """Return whether a tree is the distribution's: the same root, and the same index."""
    return layout.root == distro.root and layout.rocks_dir == distro.rocks_dir


def normal(path: str) -> str:
    """Return a path without ``//``, ``.``, ``..`` and a trailing slash, without following links."""
    shown = posixpath.normpath(path)
    return shown[1:] if shown.startswith("//") else shown


def _text(table: LuaTable, key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""
