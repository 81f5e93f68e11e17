"""The manifest of a tree, read as data."""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.tree_index import TreeIndex
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.file import MANIFEST_LIMIT, read_chunk
from distrorocks.trees.layout import Layout


class ReadIndex(NamedTuple):
    """A tree's index, empty where there is no manifest or none that can be used."""

    contents: TreeIndex
    warnings: tuple[str, ...] = ()


def read_index(view: RootView, layout: Layout) -> ReadIndex:
    """Return what the ``manifest`` of a tree tells; nothing in it is run. Never raises.

    As for LuaRocks, a missing manifest is silent, and a broken one makes the tree empty.
    """
    if view.find(layout.manifest) is None:
        return ReadIndex(TreeIndex())
    warnings: tuple[str, ...] = ()
    versioned = f"{layout.manifest}-{layout.lua_version}"
    if view.find(versioned):
        told = f"{versioned} lies beside the manifest, and LuaRocks may read it instead"
        warnings = (f"{told}; a tree should have none",)
    try:
        chunk = read_chunk(layout.manifest, jail=None, limit=MANIFEST_LIMIT, root=view.root)
        return ReadIndex(TreeIndex.from_table(chunk.globals), warnings)
    except DistrorocksError as error:
        why = error.brief
        if layout.rocks_dir not in why:
            why = f"{layout.manifest}: {why}"
        return ReadIndex(TreeIndex(), (*warnings, f"{why}; the tree is taken as empty"))
