"""What a tree has of the rocks that are to be installed or removed, as one frozen value."""

from __future__ import annotations

import stat
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType

from distrorocks.errors import DistrorocksError
from distrorocks.install.deploy.built_rock import BuiltRock
from distrorocks.install.deploy.placement import (
    DeployedFile,
    Item,
    assumed_manifest,
    deployed_files,
    items_of,
)
from distrorocks.rocks.manifest import PackedRock
from distrorocks.rocks.manifest_entry import Entry, InstalledRock, entry_of
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.rocks.tree_index import INSTALLED, IndexedRock, TreeIndex
from distrorocks.system.files.beneath import Beneath, BlockedError
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.file import ROCK_MANIFEST_LIMIT
from distrorocks.system.lua.jail import Jail
from distrorocks.system.trees.journal import Mark, mark_of
from distrorocks.system.trees.made_directories import umask
from distrorocks.system.trees.manifest_reader import read_index
from distrorocks.system.trees.reader import (
    Contents,
    dependencies_of,
    read_contents,
    read_entries,
    read_namespaces,
)
from distrorocks.system.trees.tree_place import commands_directory, resolved
from distrorocks.trees.layout import Layout, Rock
from distrorocks.values import NamedTuple


class Install(NamedTuple):
    """A built rock to deploy, and its other versions to remove from the tree, () to keep all.

    ``announced`` are modules and commands of it of which the user knows whether others have them.
    """

    built: BuiltRock
    replaces: tuple[str, ...] = ()
    announced: frozenset[Item] = frozenset()


class Present(NamedTuple):
    """What is at a path."""

    mark: Mark
    is_directory: bool


class RockDirectory(NamedTuple):
    """All paths in a rock's metadata directory; ``directories`` deepest first, itself last."""

    files: tuple[str, ...]
    directories: tuple[str, ...]


class ObservedTree(NamedTuple):
    """A tree, as far as it matters for what is to be installed and removed.

    ``layout`` has the directories with links resolved, ``named`` as they are configured.
    ``entries`` are the installed rocks; ``manifests`` those of them that have an affected module or
    command. ``indexed`` are the rocks of the tree's manifest, ``gone`` those without a
    rock_manifest. ``present`` has every path that could change and that is there.
    """

    layout: Layout
    named: Layout
    entries: Mapping[Rock, Entry]
    manifests: Mapping[Rock, RockManifest]
    present: Mapping[str, Present]
    directories: Mapping[Rock, RockDirectory]
    indexed: Mapping[Rock, IndexedRock]
    gone: frozenset[Rock]
    packed: tuple[PackedRock, ...] = ()
    namespaces: Mapping[Rock, str] = MappingProxyType({})
    umask: int = 0o022


def real_layout(layout: Layout) -> Layout:
    """Return a layout with links resolved; commands are in the tree, whatever ``bin_dir`` is."""
    return layout._replace(
        root=resolved(layout.root),
        lua_dir=resolved(layout.lua_dir),
        lib_dir=resolved(layout.lib_dir),
        bin_dir=resolved(commands_directory(layout)),
        rocks_dir=resolved(layout.rocks_dir),
    )


def leaving_rocks(installs: Iterable[Install], removals: Iterable[Rock]) -> set[Rock]:
    """Return the rocks whose present files go, those that are installed again among them."""
    leaving = set(removals)
    for each in installs:
        leaving.add(each.built.rock)
        leaving.update((each.built.name, version) for version in each.replaces)
    return leaving


def observe(
    layout: Layout, installs: Sequence[Install], removals: Collection[Rock], jail: Jail
) -> ObservedTree:
    """Observe a tree. Raise ``BlockedError`` if a link in the tree leads to an affected path."""
    view, real = RootView("/"), real_layout(layout)
    index = read_index(view, real).contents
    indexed = {(it.name, it.version): it for it in index.every_rock if it.arch == INSTALLED}
    contents = read_contents(view, real.rocks_dir)
    leaving = leaving_rocks(installs, removals)
    built = {install.built.rock: install.built for install in installs}
    with Beneath("/") as below:
        entries = _installed(below, real, contents, index, indexed, jail)
        own = [entries[it] for it in leaving & entries.keys()]
        items = {item for entry in (*own, *_entries(built)) for item in items_of(entry)}
        concerned = sorted(rock for rock in entries if items & items_of(entries[rock]))
        manifests = {rock: _manifest(below, real, rock, indexed) for rock in concerned}
        gone = frozenset(indexed.keys() - entries.keys())
        affected = [
            *manifests.items(),
            *((rock, each.manifest) for rock, each in built.items()),
            *((rock, assumed_manifest(indexed[rock])) for rock in gone),
        ]
        files = [file for each in affected for file in deployed_files(real, *each)]
        present = dict(_present(below, _paths(real, files, items | _items(files, gone))))
        directories = {rock: _rock_directory(below, real.rock_dir(*rock)) for rock in leaving}
    needs_of = dependencies_of([*entries.values(), *_entries(built)])
    return ObservedTree(
        real,
        layout,
        MappingProxyType(dict(sorted(entries.items()))),
        MappingProxyType(manifests),
        MappingProxyType(present),
        MappingProxyType(directories),
        MappingProxyType(indexed),
        gone,
        tuple(contents.packed),
        MappingProxyType(read_namespaces(contents.places, needs_of)),
        umask(),
    )


def _installed(
    below: Beneath,
    layout: Layout,
    contents: Contents,
    index: TreeIndex,
    indexed: Mapping[Rock, IndexedRock],
    jail: Jail,
) -> dict[Rock, Entry]:
    """Return the entries of the installed rocks.

    One whose rock_manifest is there and cannot be read has what the tree's manifest says of it.
    """
    read = read_entries(contents.places, jail=jail)
    entries = {(entry.name, entry.version): entry for entry in read.entries}
    found = ((place.name, place.version) for place in contents.places)
    listed = {rock for rock in found if _is_there(below, layout.rock_manifest(*rock))}
    for rock in sorted((listed & indexed.keys()) - entries.keys()):
        needs = None
        with suppress(DistrorocksError):
            needs = index.needs(*rock)
        entries[rock] = _indexed_entry(indexed[rock], needs)
    return entries


def _is_there(below: Beneath, path: str) -> bool:
    """Return whether a path exists, without a link on the way."""
    try:
        return below.status(path) is not None
    except BlockedError:
        return False


def _entries(built: Mapping[Rock, BuiltRock]) -> Iterator[Entry]:
    return (rock.entry for rock in built.values())


def _items(files: Iterable[DeployedFile], rocks: Collection[Rock]) -> set[Item]:
    return {file.item for file in files if file.rock in rocks}


def _indexed_entry(rock: IndexedRock, needs: object) -> Entry:
    """Return what the tree's manifest says of a rock whose rock_manifest cannot be read."""
    dependencies = needs if isinstance(needs, tuple) else None
    return entry_of(
        InstalledRock(rock.name, rock.version, rock.modules, rock.commands, dependencies)
    )


def _manifest(
    below: Beneath, layout: Layout, rock: Rock, indexed: Mapping[Rock, IndexedRock]
) -> RockManifest:
    try:
        return RockManifest.parse(below.read(layout.rock_manifest(*rock), ROCK_MANIFEST_LIMIT))
    except DistrorocksError:
        return assumed_manifest(indexed.get(rock, IndexedRock(*rock)))


def _paths(layout: Layout, files: Iterable[DeployedFile], items: set[Item]) -> Iterator[str]:
    yield layout.manifest
    for file in files:
        if file.item in items:
            yield from (file.plain, file.versioned)


def _present(below: Beneath, paths: Iterable[str]) -> Iterator[tuple[str, Present]]:
    """Yield what is at each path, and at the names for moving it aside."""
    for path in dict.fromkeys(paths):
        name = path
        while (status := below.status(name)) is not None and (mark := mark_of(status)):
            yield name, Present(mark, stat.S_ISDIR(status.st_mode))
            name += "~"


def _rock_directory(below: Beneath, top: str) -> RockDirectory:
    """Return all paths of a rock's directory, none if there is no such directory."""
    files: list[str] = []
    directories: list[str] = []
    pending = [top]
    while pending:
        path = pending.pop()
        status = below.status(path)
        if status is not None and stat.S_ISDIR(status.st_mode):
            directories.append(path)
            pending += [f"{path}/{name}" for name in below.names(path)]
        elif status is not None:
            files.append(path)
    return RockDirectory(tuple(sorted(files)), tuple(reversed(directories)))
