"""Write the manifest of a rocks tree, or those of a rocks server's directory.

The output equals that of `luarocks-admin make-manifest`, byte for byte. But broken rocks and
rockspecs are skipped and reported, no Lua interpreter is needed, the tree is locked, and unchanged
files are not rewritten.
"""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.lua_version import LUA_VERSIONS, rocks_provided
from distrorocks.rocks.manifest import server_manifest, tree_manifest
from distrorocks.servers.folder import for_lua, read_lua_needs, read_rock_files
from distrorocks.system.files.atomic_file import remove_files, write_if_different
from distrorocks.system.files.lock import layout_lock
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.system.trees.reader import (
    Unread,
    dependencies_of,
    read_contents,
    read_entries,
    read_namespaces,
)
from distrorocks.system.trees.tree_rights import refuse_foreign, refuse_foreign_directory
from distrorocks.trees.layout import Layout


class Made(NamedTuple):
    """The manifests written and removed in one directory, and the rocks that were skipped."""

    directory: str
    written: list[str]
    removed: list[str]
    unread: list[Unread]
    rocks: int


def make_tree_manifest(
    layout: Layout, *, root: str = "/", lock_seconds: float | None = None
) -> Made:
    """Write the manifest of one tree of ``root``, and remove its ``manifest-5.x`` files.

    Those would hide it from LuaRocks. Raise ``DistrorocksError`` if there is no such tree.
    """
    view = RootView(root)
    found = view.find(layout.rocks_dir)
    if not found:
        raise _no_access(layout.rocks_dir)
    refuse_foreign(layout, root=root)
    manifest = f"{view.host_path(found.path)}/manifest"
    with layout_lock(view, layout, seconds=lock_seconds), Jail() as jail:
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
    )


def server_directories(directory: str) -> list[str]:
    """Return a server's directory, or those for single Lua versions in it, as ``pack`` makes them.

    The latter are named like the Lua versions, and count only if the directory has no rock itself.
    """
    try:
        with NamedFolder(directory) as folder:
            names = [] if read_rock_files(directory).packed else folder.names("")
    except (OSError, DistrorocksError):
        return [directory]
    below = [f"{directory.rstrip('/')}/{name}" for name in names if name in LUA_VERSIONS]
    return below or [directory]


def make_server_manifests(directory: str) -> Made:
    """Write a server's ``manifest``, and ``manifest-5.x`` with the rocks for each Lua version.

    A rockspec that cannot be loaded is reported and not listed; LuaRocks lists it for every Lua.
    """
    refuse_foreign_directory(directory)
    try:
        contents = read_rock_files(directory)
    except OSError as error:
        raise _no_access(directory) from error
    with Jail() as jail:
        read = read_lua_needs(directory, contents.packed, jail=jail)
    packed = [rock for rock in contents.packed if rock not in read.broken]
    texts = {"manifest": server_manifest(packed)}
    for version in LUA_VERSIONS:
        texts[f"manifest-{version}"] = server_manifest(for_lua(packed, read.needs, version))
    paths = {f"{directory}/{name}": text for name, text in texts.items()}
    written = [path for path, text in paths.items() if write_if_different(path, text)]
    unread = [*contents.unread, *read.unread]
    return Made(directory, written, [], unread, len({rock[:2] for rock in packed}))


def _no_access(directory: str) -> DistrorocksError:
    return DistrorocksError(
        f"Cannot access repository at {directory}",
        hint="pass a rocks_dir such as /usr/local/lib/luarocks/rocks-5.4, or a server's directory",
    )
