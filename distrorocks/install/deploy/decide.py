"""Decide what installing and removing rocks changes in a tree, each change with its reason.

The files of the rocks that have one module or command are placed by ``placement``'s rule. A file at
such a place that belongs to no rock is moved aside to ``name~``. The names of files that stay are
taken from their own rock's rock_manifest: LuaRocks derives them from the file that goes, and leaves
a C module under its versioned name where the other was in Lua.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.install.deploy.built_rock import (
    NAMESPACE,
    ROCK_MANIFEST,
    BuiltRock,
    namespace_file,
)
from distrorocks.install.deploy.collision import Collision, collisions_of
from distrorocks.install.deploy.observe import Install, ObservedTree, leaving_rocks
from distrorocks.install.deploy.placement import (
    DeployedFile,
    Item,
    assumed_manifest,
    deployed_files,
    items_of,
    providers,
)
from distrorocks.install.deploy.wrapper import WrapperSettings, wrapper, wraps
from distrorocks.lua.value import to_bytes
from distrorocks.rocks.lua_version import rocks_provided
from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.manifest_entry import Entry
from distrorocks.system.trees.journal import needed_directories
from distrorocks.trees.change import (
    Keep,
    MoveFile,
    PlaceFile,
    RemoveDirectory,
    RemoveFile,
    TreeChange,
)
from distrorocks.trees.layout import Rock
from distrorocks.values import NamedTuple

READ, PROGRAM, NEW = 0o644, 0o755, 0o664
"""The modes before the umask: of modules and data, of what runs, and of the tree's manifest.

They are LuaRocks', but for the manifest, which it runs as Lua: it makes it 0666.
"""


class DeployError(DistrorocksError):
    """Rocks cannot be deployed to a tree, or are not there to be removed."""


class Leftover(NamedTuple):
    """A rock without a rock_manifest that leaves the tree's manifest, and its files that stay."""

    rock: Rock
    files: tuple[str, ...]


class Decision(NamedTuple):
    """The ordered changes, and what to report: ``aside`` are the moves of files of no rock,
    ``collisions`` what new rocks share with others of the tree."""

    changes: tuple[TreeChange, ...]
    collisions: tuple[Collision, ...] = ()
    aside: tuple[MoveFile, ...] = ()
    leftovers: tuple[Leftover, ...] = ()

    def without_manifest(self) -> Decision:
        """Return this without the tree's manifest: the list of the last new rock commits instead.

        There must be a new rock.
        """
        changes = list(self.changes[:-1])
        last = max(at for at, each in enumerate(changes) if isinstance(each, PlaceFile))
        changes.append(changes.pop(last))
        return self._replace(changes=tuple(changes))


def decide(
    tree: ObservedTree,
    installs: Sequence[Install],
    removals: Sequence[Rock],
    settings: WrapperSettings,
) -> Decision:
    """Return the changes that install and remove these rocks; the last one is the tree's manifest.

    Raise ``DeployError`` for a rock to remove that the tree does not have, for two files of one
    path, and for a directory where a file has to be.
    """
    _refuse_absent(tree, installs, removals)
    return _Deployment(tree, installs, settings, leaving_rocks(installs, removals)).decision()


class _Deployment:
    """The places of all affected files, before and after."""

    def __init__(
        self,
        tree: ObservedTree,
        installs: Sequence[Install],
        settings: WrapperSettings,
        leaving: set[Rock],
    ) -> None:
        self._tree = tree
        self._settings = settings
        self._built = {install.built.rock: install.built for install in installs}
        self._leaving = leaving
        self._after = {rock: it for rock, it in tree.entries.items() if rock not in leaving}
        staying = set(self._after)
        self._after |= {rock: built.entry for rock, built in self._built.items()}
        items: set[Item] = set()
        for entry in (
            *(tree.entries[it] for it in leaving & tree.entries.keys()),
            *self._entries(),
        ):
            items |= items_of(entry)
        self._items = items
        self._owners = providers(self._after, items)
        self._known = list(self._former(providers(tree.entries, items)))
        self._tracked = {path for _, path in self._known}
        self._moved = [it for it in self._known if it[0].rock in staying]
        self._results: dict[str, TreeChange | Keep] = {}
        self._aside: list[MoveFile] = []

    def decision(self) -> Decision:
        """Return all changes in order."""
        moves = [change for file, path in self._moved for change in self._move(file, path)]
        placed = [change for built in self._built.values() for change in self._placed(built)]
        removed = list(self._removed())
        changes = [*moves, *placed, *removed, *self._emptied([*moves, *removed]), self._manifest()]
        known = set(self._built)
        return Decision(
            tuple(changes),
            tuple(collisions_of(self._owners, known)),
            tuple(self._aside),
            tuple(self._leftovers()),
        )

    def _entries(self) -> Iterator[Entry]:
        return (built.entry for built in self._built.values())

    def _former(self, owners: Mapping[Item, Sequence[Rock]]) -> Iterator[tuple[DeployedFile, str]]:
        """Yield the affected files of the tree's rocks with the paths at which they are."""
        present = self._tree.present
        for rock, manifest in self._tree.manifests.items():
            for file in deployed_files(self._tree.layout, rock, manifest):
                if file.item not in self._items:
                    continue
                is_owner = owners[file.item][:1] == [rock]
                if is_owner and file.plain in present:
                    yield file, file.plain
                    if rock in self._leaving and file.versioned in present:
                        yield file, file.versioned
                elif file.versioned in present:
                    yield file, file.versioned

    def _place(self, file: DeployedFile) -> tuple[str, str]:
        """Return the path of a file afterwards, with the reason."""
        first = self._owners[file.item][0]
        kind, name = file.item
        if first == file.rock:
            return file.plain, f"{_shown(file.rock)} provides {kind} {name}"
        return file.versioned, f"{kind} {name} is that of {_shown(first)}"

    def _move(self, file: DeployedFile, path: str) -> Iterator[TreeChange]:
        """Yield the renaming of a file that stays, if its place is another one now."""
        place, reason = self._place(file)
        if place == path:
            self._claim(place, Keep(path, reason))
            return
        yield from self._cleared(place)
        yield self._noted(place, MoveFile(path, place, reason))

    def _placed(self, built: BuiltRock) -> Iterator[TreeChange]:
        """Yield the files of a new rock: those deployed, those of its directory, its lists last."""
        mask, deployed = ~self._tree.umask, set()
        for file in deployed_files(self._tree.layout, built.rock, built.manifest):
            place, reason = self._place(file)
            content, mode = self._content(built, file)
            if file.part != "bin":
                deployed.add(f"{file.part}/{file.relative}")
            yield from self._cleared(place)
            yield self._noted(place, PlaceFile(place, content, mode & mask, reason))
        above = self._tree.layout.rock_dir(*built.rock)
        reason = f"{_shown(built.rock)} is installed"
        own = {path: (it.content, it.is_program) for path, it in built.files.items()}
        lists = {ROCK_MANIFEST: own.pop(ROCK_MANIFEST)}
        if built.namespace:
            lists = {NAMESPACE: (namespace_file(built.namespace), False), **lists}
        for path, (content, is_program) in (own | lists).items():
            if path not in deployed:
                mode = PROGRAM if is_program else READ
                place = f"{above}/{path}"
                yield self._noted(place, PlaceFile(place, content, mode & mask, reason))

    def _content(self, built: BuiltRock, file: DeployedFile) -> tuple[bytes, int]:
        """Return the content and mode of a deployed file."""
        source = built.files[f"{file.part}/{file.relative}"]
        if file.part == "lua":
            return source.content, READ
        is_wrapped = file.part == "bin" and wraps(
            self._settings, wraps_scripts=built.wraps_scripts, is_lua=source.is_lua
        )
        if not is_wrapped:
            return source.content, PROGRAM
        script = f"{self._tree.named.rock_dir(*built.rock)}/bin/{file.relative}"
        return to_bytes(wrapper(self._settings, built.rock, script)), PROGRAM

    def _cleared(self, place: str) -> Iterator[TreeChange]:
        """Yield the moving aside of a file that belongs to no rock."""
        present = self._tree.present.get(place)
        if present is None or place in self._tracked or place in self._results:
            return
        if present.is_directory:
            raise DeployError(
                f"{place} is a directory, and a file has to be there", hint="move it away"
            )
        aside = f"{place}~"
        while aside in self._tree.present or aside in self._results:
            aside += "~"
        change = MoveFile(place, aside, "it belongs to no rock and is in the way")
        self._aside.append(change)
        yield self._noted(aside, change)

    def _noted(self, path: str, change: TreeChange) -> TreeChange:
        """Return a change that determines a path; raise if something else does already."""
        self._claim(path, change)
        return change

    def _claim(self, path: str, change: TreeChange | Keep) -> None:
        if path in self._results:
            raise DeployError(
                f"two files would be {path}",
                detail=f"  {self._results[path].reason}\n  {change.reason}",
            )
        self._results[path] = change

    def _removed(self) -> Iterator[TreeChange]:
        """Yield the removal of what the leaving rocks have, unless something else is there then."""
        for file, path in self._known:
            if file.rock in self._leaving and path not in self._results:
                yield self._noted(path, RemoveFile(path, f"{_shown(file.rock)} is removed"))
        for rock in sorted(self._leaving):
            for path in self._tree.directories[rock].files:
                if path not in self._results:
                    yield self._noted(path, RemoveFile(path, f"{_shown(rock)} is removed"))

    def _emptied(self, changes: Iterable[TreeChange]) -> Iterator[RemoveDirectory]:
        """Yield the directories below the tree's root that may be empty then, deepest first."""
        root = f"{self._tree.layout.root.rstrip('/')}/"
        found: set[str] = set()
        for rock in self._leaving:
            found.update(self._tree.directories[rock].directories)
            found.add(f"{self._tree.layout.rocks_dir}/{rock[0]}")
        tops = (self._tree.layout.lua_dir, self._tree.layout.lib_dir, self._tree.layout.bin_dir)
        for change in changes:
            above = change.path.rpartition("/")[0]
            while above.startswith((root, *(f"{top}/" for top in tops))) and above not in found:
                found.add(above)
                above = above.rpartition("/")[0]
        placed = [path for path, it in self._results.items() if not isinstance(it, RemoveFile)]
        found.difference_update(needed_directories([self._tree.layout.manifest, *placed]))
        for path in sorted(found, key=lambda it: (-it.count("/"), it)):
            yield RemoveDirectory(path, "it may be empty")

    def _manifest(self) -> PlaceFile:
        """Return the tree's manifest."""
        tree = self._tree
        spaces = {rock: it for rock, it in tree.namespaces.items() if rock not in self._leaving}
        spaces |= {rock: it.namespace for rock, it in self._built.items() if it.namespace}
        text = tree_manifest(
            (self._after[rock] for rock in sorted(self._after)),
            provided=rocks_provided(tree.layout.lua_version),
            packed=tree.packed,
            namespaces=spaces,
        )
        reason = f"the tree has {len(self._after)} rocks"
        return PlaceFile(tree.layout.manifest, text, NEW & ~tree.umask, reason)

    def _leftovers(self) -> Iterator[Leftover]:
        """Yield the rocks without a rock_manifest, with the files that nothing else determines."""
        for rock in sorted(self._tree.gone - self._built.keys()):
            manifest = assumed_manifest(self._tree.indexed[rock])
            files = deployed_files(self._tree.layout, rock, manifest)
            owners = providers(self._after, {it.item for it in files})
            places = [it.versioned for it in files]
            places += [it.plain for it in files if not owners[it.item]]
            taken = self._tracked | self._results.keys()
            left = [it for it in places if it in self._tree.present and it not in taken]
            yield Leftover(rock, tuple(left))


def _refuse_absent(
    tree: ObservedTree, installs: Sequence[Install], removals: Sequence[Rock]
) -> None:
    """Raise for rocks to remove that the tree does not have."""
    asked = [*removals]
    asked += [(it.built.name, version) for it in installs for version in it.replaces]
    for rock in asked:
        if rock not in tree.entries and rock not in tree.indexed and not _has_directory(tree, rock):
            raise DeployError(f"{_shown(rock)} is not in {tree.named.root}")


def _has_directory(tree: ObservedTree, rock: Rock) -> bool:
    return any(tree.directories[rock])


def _shown(rock: Rock) -> str:
    return " ".join(rock)
