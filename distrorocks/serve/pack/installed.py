"""An installed rock of a tree, its files brought back to where a rock has them.

LuaRocks moves modules to the tree's directories, gives some a name with the rock's version when
another rock has the plain name, and puts wrappers in place of commands. Which file is the rock's
own is decided by the MD5 in its rock_manifest, so one of another version is never packed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import md5
from typing import NamedTuple

from distrorocks.errors import NegativeError
from distrorocks.rocks.name import lower
from distrorocks.rocks.quotation import plain
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.rocks.tree_index import IndexedRock
from distrorocks.rocks.version import Version
from distrorocks.serve.pack.rock import PackError, RockFiles
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.named_file import plain_path
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.file import ROCK_MANIFEST_LIMIT
from distrorocks.trees.deployed_rock import DeployedRock
from distrorocks.trees.layout import Layout
from distrorocks.world.installed_tree import InstalledTree
from distrorocks.world.rock_files import file_places

MOST_BYTES = 256 << 20
"""Bytes of the largest file of an installed rock that is packed."""

_MANIFEST = "rock_manifest"
_UNLISTED = ("rock_namespace", "luarocks.lock")
_DOCUMENTS = ("doc", "docs")  # still listed after --no-doc removed it


class Taken(NamedTuple):
    """An installed rock's files, and warnings about what is not among them."""

    rock: RockFiles
    warnings: tuple[str, ...]


def find_rock(trees: Iterable[InstalledTree], name: str, version: str | None) -> DeployedRock:
    """Return the newest installed version of a rock; of equal ones that of the last tree.

    ``version`` without a revision matches all its revisions. Raise ``NegativeError`` if there is
    none.
    """
    name = lower(name.rpartition("/")[2])
    wanted = None if version is None else Version.parse(version)
    found = [
        rock
        for tree in trees
        for rock in tree.versions(name)
        if wanted is None or rock.version.equals(wanted)
    ]
    if not found:
        shown = plain(" ".join(filter(None, (name, version))))
        raise NegativeError(
            f"{shown} is not an installed rock",
            hint="see `distrorocks list`, or name the tree with --tree",
        )
    newest = max(rock.version for rock in found)
    return [rock for rock in found if rock.version == newest][-1]


def read_installed_rock(layout: Layout, name: str, version: str, root: str) -> Taken:
    """Return the files of an installed rock.

    Raise ``DistrorocksError`` if one is missing or not what the rock_manifest says.
    """
    with Beneath(root) as below:
        return _Reader(RootView(root), below, layout, name, version).taken()


class _Reader:
    """Reads the files of one rock."""

    def __init__(
        self, view: RootView, below: Beneath, layout: Layout, name: str, version: str
    ) -> None:
        self._view = view
        self._below = below
        self._layout = layout
        self._rock = IndexedRock(name, version)
        self._directory = layout.rock_dir(name, version)

    def taken(self) -> Taken:
        """Return the files that the rock_manifest lists, and the few that it never does."""
        text = self._content(f"{self._directory}/{_MANIFEST}", ROCK_MANIFEST_LIMIT)
        if text is None:
            raise self._error("it has no rock_manifest")
        manifest = RockManifest.parse(text)
        if not any(manifest):
            raise self._error(
                "its rock_manifest lists no file",
                hint="a rock of a package: pack the package file, or all with --all",
            )
        files = {_MANIFEST: text, **dict(self._listed(manifest))}
        own = f"{self._rock.name}-{self._rock.version}.rockspec"
        for name in (*_UNLISTED, own):
            content = self._content(f"{self._directory}/{name}")
            if content is not None:
                files.setdefault(name, content)
        origin = self._layout.root
        rock = RockFiles(*self._rock[:2], files, origin, self._layout.lua_version)
        why = "is left out: its rock_manifest does not list it"
        left_out = sorted(self._unlisted(files))
        return Taken(rock, tuple(f"{plain(path)} {why}" for path in left_out))

    def _listed(self, manifest: RockManifest) -> Iterator[tuple[str, bytes]]:
        """Yield the listed files by their path in the rock."""
        missing = []
        for part, files in zip(("lua", "lib", "bin", "rest"), manifest, strict=True):
            for relative, digest in files.items():
                path = relative if part == "rest" else f"{part}/{relative}"
                content = self._own(part, relative, digest)
                if content is not None:
                    yield path, content
                elif path.partition("/")[0] not in _DOCUMENTS:
                    missing.append(path)
        if missing:
            told = ", ".join(map(plain, missing[:5]))
            raise self._error(
                f"{len(missing)} of its files are missing or changed: {told}",
                hint="see `distrorocks verify`; install the rock again, then pack it",
            )

    def _own(self, part: str, relative: str, digest: str) -> bytes | None:
        """Return the content of a file at the place where it is as the rock_manifest says."""
        for path in file_places(self._layout, self._rock, part, relative):
            content = self._content(path)
            if content is not None and md5(content, usedforsecurity=False).hexdigest() == digest:
                return content
        return None

    def _content(self, path: str, limit: int = MOST_BYTES) -> bytes | None:
        """Return the content of a file of the root, None if there is none.

        Raise ``DistrorocksError`` for anything but a regular file.
        """
        place = plain_path(self._view, path)  # root follows no link of another user
        if place is None:
            return None
        try:
            return self._below.read(place, limit)
        except OSError as error:
            raise self._error(f"cannot read {plain(path)}: {error.strerror}") from None

    def _unlisted(self, files: dict[str, bytes]) -> Iterator[str]:
        """Yield the paths in the rock's directory that are not packed."""
        top = plain_path(self._view, self._directory)
        with NamedFolder(self._below.shown(top or "/")) as folder:
            for path, _ in folder.walk():
                if path[1:] not in files:
                    yield path[1:]

    def _error(self, why: str, *, hint: str = "") -> PackError:
        return PackError(
            f"{' '.join(self._rock[:2])} of {self._layout.root} is not packed: {why}", hint=hint
        )
