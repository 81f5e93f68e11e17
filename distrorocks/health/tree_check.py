"""One tree against its own rock_manifests: the files they list, its manifest, its providers."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.health.finding import (
    BROKEN_MANIFEST,
    BROKEN_ROCK,
    EMPTY_MANIFEST,
    HIDDEN_MANIFEST,
    REPAIR,
    STALE_MANIFEST,
    Finding,
    ListedFile,
    Owners,
    file_findings,
)
from distrorocks.health.provider_findings import rock_duplicates
from distrorocks.lua.read import parse
from distrorocks.lua.value import LuaTable
from distrorocks.rocks.closure import ClosureError
from distrorocks.rocks.lua_version import rocks_provided
from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.rocks.tree_index import IndexedRock, TreeIndex
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.digest import DigestError, Digests
from distrorocks.system.files.named_file import read_named
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.file import MANIFEST_LIMIT, ROCK_MANIFEST_LIMIT
from distrorocks.system.lua.jail import Jail
from distrorocks.system.trees.reader import (
    Contents,
    Place,
    Read,
    dependencies_of,
    read_contents,
    read_entries,
    read_namespaces,
)
from distrorocks.trees.layout import Layout, Rock
from distrorocks.world.rock_files import file_places


class Checked(NamedTuple):
    """What was found wrong in one tree, and how many rocks it has."""

    findings: list[Finding]
    rocks: int


class Checker:
    """Checks trees of one root; ``indexed`` are the trees whose manifest a refresh makes."""

    def __init__(
        self,
        view: RootView,
        owners: Owners,
        jail: Jail,
        *,
        indexed: Collection[str] = (),
    ) -> None:
        self.view = view
        self.owners = owners
        self.jail = jail
        self.indexed = indexed
        self._digests = Digests(view)

    def check(self, layout: Layout) -> Checked:
        """Return what is wrong with a tree; one that is not there has nothing wrong."""
        contents = read_contents(self.view, layout.rocks_dir)
        read = read_entries(contents.places, jail=self.jail, root=self.view.root)
        sound = {(entry.name, entry.version) for entry in read.entries}
        with Beneath(self.view.root) as below:
            lists = {
                place[:2]: found
                for place in contents.places
                if place[:2] in sound and (found := _list(below, place))
            }
        files = [it for rock, found in lists.items() for it in self._files(layout, rock, found)]
        modules: dict[str, list[str]] = {}
        for entry in read.entries:
            for module in entry.modules:
                modules.setdefault(module, []).append(entry.name)
        known = {rock[0] for rock in self.owners.of_rock}
        findings = [
            *file_findings(files, self.owners, layout),
            *self._broken(layout, contents, read, lists),
            *rock_duplicates(modules, layout, known if layout.rocks_dir in self.indexed else ()),
            *self._manifest(layout, contents, read),
        ]
        return Checked(findings, len(contents.places))

    def _files(self, layout: Layout, rock: Rock, found: RockManifest) -> Iterator[ListedFile]:
        """Yield the files that a rock_manifest lists, each where it is or should be."""
        named = IndexedRock(*rock)
        for part, files in zip(("lua", "lib", "bin", "rest"), found, strict=True):
            for relative, expected in files.items():
                paths = file_places(layout, named, part, relative)
                path = next((it for it in paths if self.view.find(it)), paths[-1])
                yield ListedFile(rock, part, relative, path, expected, self._digest(path))

    def _digest(self, path: str) -> str:
        """Return a file's MD5, "" where there is no such file."""
        if not self.view.find(path):
            return ""
        try:
            return self._digests.of(path)
        except DigestError as error:
            return error.brief

    def _broken(
        self, layout: Layout, contents: Contents, read: Read, lists: dict[Rock, RockManifest]
    ) -> Iterator[Finding]:
        """Yield the rocks whose metadata cannot be read; an empty rock_manifest is sound."""
        for name, version, why in (*contents.unread, *read.unread):
            found = lists.get((name, version))
            if found is not None and not any(found):
                continue
            is_ours = layout.rock_manifest(name, version) in self.owners.ours
            hint = f"luarocks --tree={layout.root} install {name} {version}".rstrip()
            yield Finding(
                BROKEN_ROCK,
                "/".join(filter(None, (layout.rocks_dir, name, version))),
                "a rock_manifest and a rockspec that LuaRocks can read",
                why,
                REPAIR if is_ours else hint,
                is_ours,
            )

    def _manifest(self, layout: Layout, contents: Contents, read: Read) -> Iterator[Finding]:
        """Yield what is wrong with the tree's index, and what hides it."""
        path, is_ours = layout.manifest, layout.rocks_dir in self.indexed
        hint = REPAIR if is_ours else make_hint(layout)
        hiding = f"{path}-{layout.lua_version}"
        if self.view.find(hiding):
            told = "a file that LuaRocks may read instead of the manifest"
            yield Finding(HIDDEN_MANIFEST, hiding, "no such file", told, f"rm {hiding}")
        text = _text(self.view, path)
        if text is not None and not text:
            told = "0 bytes: every luarocks command ends with a crash"
            yield Finding(EMPTY_MANIFEST, path, "the index of the tree", told, hint, is_ours)
            return
        try:
            table = parse(text).globals if text else {}
            if text:
                TreeIndex.from_table(table)
        except DistrorocksError as error:
            index = "an index that LuaRocks can read"
            yield Finding(BROKEN_MANIFEST, path, index, error.brief, hint, is_ours)
            return
        if is_ours or not (read.entries or contents.packed or text):
            return
        try:
            expected = tree_manifest(
                read.entries,
                provided=rocks_provided(layout.lua_version),
                packed=contents.packed,
                namespaces=read_namespaces(
                    contents.places, dependencies_of(read.entries), root=self.view.root
                ),
            )
        except ClosureError as error:
            yield Finding(BROKEN_MANIFEST, path, "an index of the rocks", error.brief, error.hint)
            return
        if _said(parse(expected).globals) != _said(table):
            told = "another index" if text else "no manifest"
            rocks = f"the index of {len(read.entries)} rocks"
            yield Finding(STALE_MANIFEST, path, rocks, told, hint)


def make_hint(layout: Layout) -> str:
    """Return how the manifest of a tree that is not ours is made anew."""
    return (
        f"distrorocks make-manifest --local-tree --tree={layout.root} "
        f"--lua-version {layout.lua_version}"
    )


def _list(below: Beneath, place: Place) -> RockManifest | None:
    """Return the rock_manifest of a rock that was read before, None if it is gone since."""
    try:
        text = below.read(f"{place.inside(below.root)}/rock_manifest", ROCK_MANIFEST_LIMIT)
        return RockManifest.parse(text)
    except (DistrorocksError, OSError):
        return None


def _text(view: RootView, path: str) -> bytes | None:
    """Return what a file holds, None where there is none; b"" also for one nobody can read."""
    if not view.find(path):
        return None
    try:
        return read_named(path, MANIFEST_LIMIT, root=view.root)
    except DistrorocksError:
        return b"?"


def _said(manifest: LuaTable) -> LuaTable:
    """Return what a manifest says apart from closures, which LuaRocks makes in no fixed order."""
    said: LuaTable = {key: manifest.get(key) or {} for key in ("commands", "modules")}
    rocks = manifest.get("repository")
    said["repository"] = _without_closures(rocks) if isinstance(rocks, dict) else {}
    return said


def _without_closures(table: LuaTable) -> LuaTable:
    """Return a table in which no table has ``dependencies`` beside an ``arch``."""
    return {
        key: _without_closures(value) if isinstance(value, dict) else value
        for key, value in table.items()
        if not (key == "dependencies" and "arch" in table)
    }
