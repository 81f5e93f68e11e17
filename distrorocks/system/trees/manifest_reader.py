"""The manifest of a tree, read as data."""

from __future__ import annotations

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.tree_index import TreeIndex
from distrorocks.system.files.named_file import read_named
from distrorocks.system.files.root_path import RootView, closed_way
from distrorocks.system.lua.file import MANIFEST_LIMIT, chunk_of
from distrorocks.trees.layout import Layout
from distrorocks.values import NamedTuple


class ReadIndex(NamedTuple):
    """A tree's index, empty if there is no usable manifest, with warnings."""

    contents: TreeIndex
    warnings: tuple[str, ...] = ()


_FEW_BYTES = 50_000
"""Up to this size, that of some thirty rocks, parsing all takes less than compiling patterns."""


def _plain_index(text: bytes) -> TreeIndex | None:
    """Return the index of a manifest in the usual form; few runs need what does that."""
    from distrorocks.rocks.plain_index import plain_index

    return plain_index(text)


def read_index(view: RootView, layout: Layout) -> ReadIndex:
    """Read the ``manifest`` of a tree without running it; never raise.

    As in LuaRocks, a missing manifest gives no warning, and with a broken one the tree is empty. In
    a directory that this user may not enter it is not missing.
    """
    if view.find(layout.manifest) is None:
        closed = closed_way(view, layout.manifest)
        told = (
            f"{closed} cannot be entered by this user; the tree {layout.root} is treated as empty"
        )
        return ReadIndex(TreeIndex(), (told,) if closed else ())
    warnings: tuple[str, ...] = ()
    versioned = f"{layout.manifest}-{layout.lua_version}"
    if view.find(versioned):
        told = f"{versioned} is beside the manifest, and LuaRocks may read it instead"
        warnings = (f"{told}; a tree should have none",)
    try:
        text = read_named(layout.manifest, MANIFEST_LIMIT, root=view.root)
        index = _plain_index(text) if len(text) > _FEW_BYTES else None
        if index is None:
            chunk = chunk_of(text, view.host_path(layout.manifest), jail=None)
            index = TreeIndex.from_table(chunk.globals)
        return ReadIndex(index, warnings)
    except DistrorocksError as error:
        why = error.brief
        if layout.rocks_dir not in why:
            why = f"{layout.manifest}: {why}"
        return ReadIndex(TreeIndex(), (*warnings, f"{why}; the tree is treated as empty"))
