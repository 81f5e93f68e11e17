"""Write the manifest of a rocks tree, or those of a rocks server's directory.

The output equals that of `luarocks-admin make-manifest`, byte for byte. But broken rocks and
rockspecs are skipped and reported, no Lua interpreter is needed, the tree is locked, and unchanged
files are not rewritten.
"""

from __future__ import annotations

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.lua_version import LUA_VERSIONS, rocks_provided
from distrorocks.rocks.manifest import tree_manifest
from distrorocks.system.files.atomic_file import remove_files, write_if_different
from distrorocks.system.files.lock import layout_lock
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.system.trees.journal import journal_in
from distrorocks.system.trees.reader import (
    Unread,
    dependencies_of,
    read_contents,
    read_entries,
    read_namespaces,
)
from distrorocks.system.trees.recovery import recover, told_recovery
from distrorocks.system.trees.tree_place import tree_place
from distrorocks.system.trees.tree_rights import refuse_foreign
from distrorocks.trees.layout import Layout
from distrorocks.values import NamedTuple


class Made(NamedTuple):
    """The manifests written and removed in one directory, and the rocks that were skipped.

    ``recovered`` says what was done first about a run that had been killed, "" for nothing.
    """

    directory: str
    written: list[str]
    removed: list[str]
    unread: list[Unread]
    rocks: int
    recovered: str = ""


def make_tree_manifest(
    layout: Layout, *, root: str = "/", lock_seconds: float | None = None
) -> Made:
    """Write the manifest of one tree of ``root``, and remove its ``manifest-5.x`` files.

    Those would hide it from LuaRocks. What a killed run began is completed or undone first: its
    rocks would stay in the manifest when it is undone later. Raise ``DistrorocksError`` if there is
    no such tree.
    """
    view = RootView(root)
    found = view.find(layout.rocks_dir)
    if not found:
        raise _no_access(layout.rocks_dir)
    refuse_foreign(layout, root=root)
    manifest = f"{view.host_path(found.path)}/manifest"
    with layout_lock(view, layout, seconds=lock_seconds), Jail() as jail:
        recovered = _recovered(layout, root)
        if not RootView(root).find(layout.rocks_dir):  # the killed run had made it
            return Made(layout.rocks_dir, [], [], [], 0, recovered)
        contents = read_contents(view, layout.rocks_dir)
        read = read_entries(contents.places, jail=jail, root=view.root)
        text = tree_manifest(
            read.entries,
            provided=rocks_provided(layout.lua_version),
            packed=contents.packed,
            namespaces=read_namespaces(
                contents.places, dependencies_of(read.entries), root=view.root
            ),
        )
        written = write_if_different(manifest, text)
        removed = remove_files(f"{manifest}-{version}" for version in LUA_VERSIONS)
    return Made(
        layout.rocks_dir,
        [manifest] if written else [],
        removed,
        [*contents.unread, *read.unread],
        len(read.entries),
        recovered,
    )


def _recovered(layout: Layout, root: str) -> str:
    """Complete or undo what a killed run began in a tree; return what was done, "" for nothing.

    Raise ``DistrorocksError`` for a half changed tree of another root.
    """
    if root == "/":
        recovery = recover(tree_place(layout))
        return told_recovery(recovery) if recovery else ""
    if left := journal_in(RootView(root), layout):
        raise DistrorocksError(
            f"a killed run left {layout.root} in {root} half changed; its journal is {left}",
            hint=f"run `distrorocks install --recover --tree={layout.root}` in that root first",
        )
    return ""


def make_server_manifests(directory: str) -> Made:
    """Write all that a server's directory publishes: see ``folder.publish``."""
    from distrorocks.serve.folder.publish import publish  # a tree needs nothing of it

    made = publish(directory)
    unread = [Unread(name, "", why) for name, why in made.unlisted]
    return Made(directory, made.written, [], unread, made.rocks)


def _no_access(directory: str) -> DistrorocksError:
    return DistrorocksError(
        f"Cannot access repository at {directory}",
        hint="pass a rocks_dir such as /usr/local/lib/luarocks/rocks-5.4, or a server's directory",
    )
