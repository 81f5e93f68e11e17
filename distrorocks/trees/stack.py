"""The stack: the trees that a LuaRocks configuration lists, in its order, for one Lua version.

An entry of ``rocks_trees`` is a text, the tree's root, or a table with ``root`` and perhaps
``name`` and directories of its own. ``lua_modules_path``, ``lib_modules_path`` and
``rocks_subdir`` move the directories of all trees (LuaRocks, "Config file format").
"""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from distrorocks.lua.value import LuaTable, LuaValue, sequence
from distrorocks.trees.layout import Layout, tree_layout

SYSTEM_ROOT = "/usr/local"

_MOVED = (
    ("lua_dir", "lua_modules_path"),
    ("lib_dir", "lib_modules_path"),
    ("rocks_dir", "rocks_subdir"),
)


class Tree(NamedTuple):
    """One tree of a stack; ``is_listed`` tells whether ``rocks_trees`` has it."""

    layout: Layout
    is_listed: bool = True


def listed_trees(config: LuaTable) -> list[LuaValue]:
    """Return the entries of ``rocks_trees`` as the file has them, [] where there are none."""
    entries = config.get("rocks_trees")
    return sequence(entries) if isinstance(entries, dict) else []


def default_trees(home: str) -> list[LuaValue]:
    """Return the entries that hold where no file sets ``rocks_trees``."""
    return [
        {"name": "user", "root": f"{home.rstrip('/')}/.luarocks"},
        {"name": "system", "root": SYSTEM_ROOT},
    ]


def entry_layout(entry: LuaValue, config: LuaTable, lua_version: str) -> Layout | None:
    """Return the layout of one entry of ``rocks_trees``, or None for what can be none."""
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
    """Return the trees of ``config``, and the distribution's last where no entry is it.

    The distribution's tree keeps the name that its entry gives it; without one it is ``distro``.
    Where the entry says nothing of ``lib_dir``, the distribution's own holds.
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
    """Return a path without ``//``, ``.``, ``..`` and a slash at the end, links not looked at."""
    shown = posixpath.normpath(path)
    return shown[1:] if shown.startswith("//") else shown


def _text(table: LuaTable, key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""
