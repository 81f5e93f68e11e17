"""The manifest of a tree, read as data."""

from __future__ import annotations

import os

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.tree_index import TreeIndex
from distrorocks.system.files.named_file import read_named
from distrorocks.system.files.root_path import RootView, closed_way
from distrorocks.system.lua.file import MANIFEST_LIMIT, chunk_of
from distrorocks.trees.layout import Layout
from distrorocks.values import NamedTuple


class ReadIndex(NamedTuple):
    """A tree's index, empty if there is no usable manifest, with warnings.

    ``is_read`` is false if the rocks of the tree are unknown. With ``stops_luarocks`` the manifest
    is one on which every luarocks command and ``luarocks.loader`` fail, whatever they look for.
    """

    contents: TreeIndex
    warnings: tuple[str, ...] = ()
    is_read: bool = True
    stops_luarocks: bool = False


_INDEXED = ("repository", "modules")
"""What LuaRocks indexes in every manifest that it could load."""

_FEW_BYTES = 50_000
"""Up to this size, that of some thirty rocks, parsing all takes less than compiling patterns."""


def _plain_index(text: bytes) -> TreeIndex | None:
    """Return the index of a manifest in the usual form; few runs need what does that."""
    from distrorocks.rocks.plain_index import plain_index

    return plain_index(text)


def read_index(view: RootView, layout: Layout) -> ReadIndex:
    """Read the ``manifest`` of a tree without running it; never raise.

    As in LuaRocks, a tree with a missing or broken manifest is empty; a missing one gives a warning
    only if the tree has rocks. In a directory that this user may not enter it is not missing.
    """
    if view.find(layout.manifest) is None:
        treated = f"the tree {layout.root} is treated as empty"
        if closed := closed_way(view, layout.manifest):
            told = f"{closed} cannot be entered by this user; {treated}"
            return ReadIndex(TreeIndex(), (told,), is_read=False)
        if _has_rocks(view, layout.rocks_dir):
            told = f"{layout.rocks_dir} has rocks, but no manifest; {treated}"
            return ReadIndex(TreeIndex(), (told,), is_read=False)
        return ReadIndex(TreeIndex())
    warnings: tuple[str, ...] = ()
    versioned = f"{layout.manifest}-{layout.lua_version}"
    if view.find(versioned):
        told = f"{versioned} is beside the manifest, and LuaRocks may read it instead"
        warnings = (f"{told}; a tree should have none",)
    stops = False
    try:
        text = read_named(layout.manifest, MANIFEST_LIMIT, root=view.root)
        index = _plain_index(text) if len(text) > _FEW_BYTES else None
        if index is None:
            chunk = chunk_of(text, view.host_path(layout.manifest), jail=None)
            stops = not all(isinstance(chunk.globals.get(key), dict) for key in _INDEXED)
            index = TreeIndex.from_table(chunk.globals)
        return ReadIndex(index, warnings)
    except DistrorocksError as error:
        why = error.brief
        if layout.rocks_dir not in why:
            why = f"{layout.manifest}: {why}"
        told = f"{why}{', on which LuaRocks fails' if stops else ''}; the tree is treated as empty"
        return ReadIndex(TreeIndex(), (*warnings, told), is_read=False, stops_luarocks=stops)


def _has_rocks(view: RootView, rocks_dir: str) -> bool:
    """Return whether a directory has a rock's: one with a rock_manifest in it."""
    return any(
        view.entry(f"{rocks_dir}/{name}/{version}/rock_manifest")
        for name in _names(view, rocks_dir)
        for version in _names(view, f"{rocks_dir}/{name}")
    )


def _names(view: RootView, path: str) -> list[str]:
    """Return the names in a directory, [] where it cannot be listed."""
    found = view.find(path)
    try:
        return os.listdir(view.host_path(found.path)) if found else []
    except OSError:
        return []
