"""A tree in memory: what is at which path, observed and changed as a real one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import md5

from distrorocks.install.deploy.built_rock import BuiltFile, BuiltRock
from distrorocks.install.deploy.decide import Decision, decide
from distrorocks.install.deploy.observe import (
    Install,
    ObservedTree,
    Present,
    RockDirectory,
    leaving_rocks,
)
from distrorocks.install.deploy.wrapper import WrapperSettings
from distrorocks.lua.write import persist
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.trees.change import MoveFile, PlaceFile, RemoveFile
from distrorocks.trees.layout import Layout, Rock, tree_layout

LAYOUT = tree_layout("/t", "5.4")
SETTINGS = WrapperSettings("/usr/bin/lua5.4", trees=(LAYOUT,))
PARTS = ("lua", "lib", "bin")


def built(
    name: str,
    version: str,
    files: Sequence[str] = (),
    namespace: str = "",
    needs: Sequence[str] = (),
) -> BuiltRock:
    """Return a built rock; the content of a file is its rock and path."""
    texts = {path: f"{name} {version} {path}".encode() for path in files}
    listed: dict[str, dict[str, str]] = {part: {} for part in (*PARTS, "rest")}
    for path, text in texts.items():
        top, _, below = path.partition("/")
        digest = md5(text).hexdigest()
        listed[top if top in PARTS else "rest"][below if top in PARTS else path] = digest
    manifest = RockManifest(**listed)
    dependencies = tuple(map(Dependency.parse, needs))
    entry = entry_of(
        InstalledRock(name, version, manifest.modules(), manifest.commands(), dependencies)
    )
    held = {path: BuiltFile(text, path.startswith("bin/")) for path, text in texts.items()}
    held["rock_manifest"] = BuiltFile(persist(manifest.to_table()))
    rockspec = f'package = "{name}"\nversion = "{version}"\nsource = {{ url = "file:///x" }}\n'
    held[f"{name}-{version}.rockspec"] = BuiltFile(f"{rockspec}build = {{}}\n".encode())
    return BuiltRock(name, version, manifest, entry, dict(sorted(held.items())), namespace)


class ModelTree:
    """``files`` has content by path, ``rocks`` the installed rocks."""

    def __init__(self, layout: Layout = LAYOUT) -> None:
        self.layout = layout
        self.files: dict[str, bytes] = {}
        self.rocks: dict[Rock, BuiltRock] = {}

    def observed(self, installs: Sequence[Install], removals: Sequence[Rock]) -> ObservedTree:
        """Return the tree as ``observe`` would."""
        leaving = leaving_rocks(installs, removals)
        present = {
            path: Present((number, 0, len(text)), False)
            for number, (path, text) in enumerate(self.files.items())
        }
        return ObservedTree(
            self.layout,
            self.layout,
            {rock: it.entry for rock, it in self.rocks.items()},
            {rock: it.manifest for rock, it in self.rocks.items()},
            present,
            {rock: self._directory(rock) for rock in leaving},
            {},
            frozenset(),
            namespaces={rock: it.namespace for rock, it in self.rocks.items() if it.namespace},
        )

    def _directory(self, rock: Rock) -> RockDirectory:
        top = self.layout.rock_dir(*rock)
        files = tuple(path for path in self.files if path.startswith(f"{top}/"))
        return RockDirectory(files, (top,) if files else ())

    def change(self, installs: Sequence[Install] = (), removals: Sequence[Rock] = ()) -> Decision:
        """Decide, and apply the changes."""
        decision = decide(self.observed(installs, removals), installs, removals, SETTINGS)
        results: dict[str, bytes] = {}
        for each in decision.changes:
            if isinstance(each, PlaceFile):
                results[each.path] = each.content
            elif isinstance(each, MoveFile):
                results[each.to] = self.files[each.path]
        for each in decision.changes:
            if isinstance(each, MoveFile | RemoveFile):
                del self.files[each.path]
        self.files |= results
        for rock in leaving_rocks(installs, removals):
            self.rocks.pop(rock, None)
        self.rocks |= {install.built.rock: install.built for install in installs}
        return decision

    def install(self, rock: BuiltRock, *replaces: str) -> Decision:
        """Install one rock."""
        return self.change([Install(rock, replaces)])

    def remove(self, *rocks: Rock) -> Decision:
        """Remove rocks."""
        return self.change(removals=rocks)

    @property
    def deployed(self) -> Mapping[str, str]:
        """The deployed files with their content, paths relative to the tree."""
        start = f"{self.layout.rocks_dir}/"
        return {
            path.removeprefix(f"{self.layout.root}/"): text.decode()
            for path, text in sorted(self.files.items())
            if not path.startswith(start)
        }
