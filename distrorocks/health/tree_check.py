"""Check a tree: files against rock_manifests, its manifest, duplicate providers."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from distrorocks.errors import DistrorocksError
from distrorocks.health.finding import (
    BROKEN_MANIFEST,
    BROKEN_ROCK,
    CLOSED_HINT,
    EMPTY_MANIFEST,
    HIDDEN_MANIFEST,
    INTERRUPTED,
    REPAIR,
    STALE_MANIFEST,
    Finding,
    ListedFile,
    Owners,
    file_findings,
    make_hint,
)
from distrorocks.health.leftovers import killed_journal, recover_hint
from distrorocks.health.provider_findings import rock_duplicates
from distrorocks.lua.read import parse
from distrorocks.lua.value import LuaTable
from distrorocks.rocks.closure import ClosureError
from distrorocks.rocks.lua_version import rocks_provided
from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.rocks.tree_index import IndexedRock, TreeIndex
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.digest import DigestError, Digests
from distrorocks.system.files.named_file import plain_path, read_named
from distrorocks.system.files.root_path import RootView, closed_way, is_closed, is_readable
from distrorocks.system.files.trust import UntrustedError
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
from distrorocks.values import NamedTuple
from distrorocks.world.rock_files import file_places


class Checked(NamedTuple):
    """The findings of one tree, and its number of rocks."""

    findings: list[Finding]
    rocks: int


class Checker:
    """Checker for trees of one root; refresh writes the manifests of the ``indexed`` rocks_dirs."""

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
        """Return the findings of a tree; a missing tree has none."""
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
            *self._interrupted(layout),
        ]
        return Checked(findings, len(contents.places))

    def _files(self, layout: Layout, rock: Rock, found: RockManifest) -> Iterator[ListedFile]:
        """Yield the files that a rock_manifest lists, with their actual or expected paths."""
        named = IndexedRock(*rock)
        for part, files in zip(("lua", "lib", "bin", "rest"), found, strict=True):
            for relative, expected in files.items():
                paths = file_places(layout, named, part, relative)
                path = next((it for it in paths if self.view.find(it)), paths[-1])
                digest = self._digest(path)
                is_unread = " " in digest and not is_readable(self.view, path)
                yield ListedFile(rock, part, relative, path, expected, digest, is_unread)

    def _digest(self, path: str) -> str:
        """Return a file's MD5, "" if it does not exist, or the error text if it is unreadable.

        Root follows no link of another user: its target may be secret.
        """
        try:
            plain = plain_path(self.view, path)
            return self._digests.of_plain(plain) if plain else ""
        except (DigestError, UntrustedError) as error:
            return error.brief

    def _broken(
        self, layout: Layout, contents: Contents, read: Read, lists: dict[Rock, RockManifest]
    ) -> Iterator[Finding]:
        """Yield rocks whose metadata cannot be read; an empty rock_manifest is valid."""
        for name, version, why in (*contents.unread, *read.unread):
            found = lists.get((name, version))
            if found is not None and not any(found):
                continue
            is_ours = layout.rock_manifest(name, version) in self.owners.ours
            words = f"--lua-version={layout.lua_version} --tree={layout.root}"
            hint = f"luarocks {words} install {name} {version}".rstrip()
            place = _place(layout, name, version)
            if self._is_closed(place):
                hint = CLOSED_HINT
            elif is_ours:
                hint = REPAIR
            expected = "a rock_manifest and a rockspec that LuaRocks can read"
            yield Finding(BROKEN_ROCK, place, expected, why, hint, is_ours)

    def _is_closed(self, place: str) -> bool:
        """Return whether this user may not look into a rock's directory, or its rock_manifest."""
        path = f"{place}/rock_manifest"
        is_there = self.view.find(path) is not None
        return is_closed(self.view, place) or (is_there and not is_readable(self.view, path))

    def _interrupted(self, layout: Layout) -> Iterator[Finding]:
        """Yield the journal of a killed run, which leaves a tree half changed."""
        if journal := killed_journal(self.view, layout):
            actual = "the journal of a run that was killed, which left the tree half changed"
            yield Finding(INTERRUPTED, journal, "no such file", actual, recover_hint(layout))

    def _manifest(self, layout: Layout, contents: Contents, read: Read) -> Iterator[Finding]:
        """Yield the problems of the tree's manifest, and a file that hides it."""
        path, is_ours = layout.manifest, layout.rocks_dir in self.indexed
        hint = REPAIR if is_ours else make_hint(layout)
        hiding = f"{path}-{layout.lua_version}"
        if self.view.find(hiding):
            actual = "a file that LuaRocks may read instead of the manifest"
            yield Finding(HIDDEN_MANIFEST, hiding, "no such file", actual, f"rm {hiding}")
        if closed := closed_way(self.view, path):
            actual = f"{closed}, which this user may not enter"
            wanted = "a manifest in a directory to read"
            yield Finding(BROKEN_MANIFEST, path, wanted, actual, CLOSED_HINT)
            return
        try:
            text = _text(self.view, path)
        except FileReadError as error:
            index, hint = "a manifest that LuaRocks can read", error.hint or hint
            yield Finding(BROKEN_MANIFEST, path, index, error.brief, hint)
            return
        if text is not None and not text:
            actual = "an empty file, on which every luarocks command crashes"
            yield Finding(EMPTY_MANIFEST, path, "the manifest of the tree", actual, hint, is_ours)
            return
        try:
            table = parse(text).globals if text else {}
            if text:
                TreeIndex.from_table(table)
        except DistrorocksError as error:
            index = "a manifest that LuaRocks can read"
            yield Finding(BROKEN_MANIFEST, path, index, error.brief, hint, is_ours)
            return
        if not is_ours and (read.entries or contents.packed or text):
            yield from self._stale(layout, contents, read, table if text else None, hint)

    def _stale(
        self, layout: Layout, contents: Contents, read: Read, table: LuaTable | None, hint: str
    ) -> Iterator[Finding]:
        """Yield that the rocks would make another manifest than ``table``, None for no manifest."""
        unread = (*contents.unread, *read.unread)
        if any(self._is_closed(_place(layout, *rock)) for *rock, _ in unread):
            return  # which rocks the manifest should have is not known
        path = layout.manifest
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
            yield Finding(BROKEN_MANIFEST, path, "a manifest of the rocks", error.brief, error.hint)
            return
        if _comparable(parse(expected).globals) != _comparable(table or {}):
            actual = "no manifest" if table is None else "a different manifest"
            rocks = f"the manifest of {len(read.entries)} rocks"
            yield Finding(STALE_MANIFEST, path, rocks, actual, hint)


def _place(layout: Layout, name: str, version: str) -> str:
    """Return the directory of a rock, or of all its versions where ``version`` is ""."""
    return "/".join(filter(None, (layout.rocks_dir, name, version)))


def _list(below: Beneath, place: Place) -> RockManifest | None:
    """Return the rock_manifest of a rock, None if it has disappeared since it was listed."""
    try:
        text = below.read(f"{place.inside(below.root)}/rock_manifest", ROCK_MANIFEST_LIMIT)
        return RockManifest.parse(text)
    except (DistrorocksError, OSError):
        return None


def _text(view: RootView, path: str) -> bytes | None:
    """Return a file's content, None if it is missing; raise ``FileReadError`` for any other."""
    return read_named(path, MANIFEST_LIMIT, root=view.root) if view.find(path) else None


def _comparable(manifest: LuaTable) -> LuaTable:
    """Return a manifest without dependency closures, which LuaRocks writes in no fixed order."""
    result: LuaTable = {key: manifest.get(key) or {} for key in ("commands", "modules")}
    rocks = manifest.get("repository")
    result["repository"] = _without_closures(rocks) if isinstance(rocks, dict) else {}
    return result


def _without_closures(table: LuaTable) -> LuaTable:
    """Return a table without ``dependencies`` in tables that have an ``arch``."""
    return {
        key: _without_closures(value) if isinstance(value, dict) else value
        for key, value in table.items()
        if not (key == "dependencies" and "arch" in table)
    }
