"""One installed tree: its rocks, their dependencies and owners, read on first use."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property

from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import to_text
from distrorocks.rocks.tree_index import INSTALLED, IndexedRock, TreeIndex
from distrorocks.rocks.version import Version
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.named_file import read_named
from distrorocks.system.files.root_path import RootView
from distrorocks.system.trees.manifest_reader import ReadIndex, read_index
from distrorocks.trees.deployed_rock import DeployedRock
from distrorocks.trees.layout import Layout, belongs_to_packages
from distrorocks.trees.stack import Tree
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.families.package import Package
    from distrorocks.rocks.dependency import Dependency
    from distrorocks.rocks.rockspec import Rockspec
    from distrorocks.system.lua.jail import Jail

_NAMESPACE_LIMIT = 1024


class InstalledTree:
    """A tree and its manifest, read on first use.

    ``packages`` are those that may own its files. As in LuaRocks, a tree without a manifest is
    empty; one with a broken manifest is too, with a warning.
    """

    def __init__(self, view: RootView, tree: Tree, packages: Sequence[Package] = ()) -> None:
        self.tree = tree
        self._view = view
        self._packages = packages
        self._versions: dict[str, tuple[DeployedRock, ...]] = {}

    def at(self, tree: Tree) -> InstalledTree:
        """Return another tree of the same system."""
        return InstalledTree(self._view, tree, self._packages)

    @property
    def layout(self) -> Layout:
        """The layout of the tree."""
        return self.tree.layout

    @property
    def contents(self) -> TreeIndex:
        """The index of the tree."""
        return self._read.contents

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings about the manifest."""
        return self._read.warnings

    @property
    def is_read(self) -> bool:
        """Whether its rocks are known; those of a tree with a broken manifest are not."""
        return self._read.is_read

    @property
    def stops_luarocks(self) -> bool:
        """Whether LuaRocks and its loader fail on the manifest, whatever they look for."""
        return self._read.stops_luarocks

    @cached_property
    def _read(self) -> ReadIndex:
        return read_index(self._view, self.layout)

    @property
    def rocks(self) -> Iterator[DeployedRock]:
        """All installed rocks, by name, newest version first."""
        return self.rocks_concerning(None)

    def rocks_concerning(self, names: Collection[str] | None) -> Iterator[DeployedRock]:
        """Yield installed rocks, by name, newest version first.

        With ``names``, in lower case, they are those of these names and all that may need them.
        """
        present = self.contents.rocks.keys()
        chosen = present if names is None else present & {*names, *self.contents.may_need(names)}
        for name in sorted(chosen):
            yield from self.versions(name)

    def versions(self, name: str) -> tuple[DeployedRock, ...]:
        """Return the installed versions of a rock, newest first; ``name`` in lower case."""
        if name not in self._versions:
            self._versions[name] = self._deployed(name)
        return self._versions[name]

    def indexed(self, name: str, version: str) -> IndexedRock | None:
        """Return the manifest's entry of an installed rock, None if there is none."""
        return self.contents.installed(name, version)

    def _deployed(self, name: str) -> tuple[DeployedRock, ...]:
        found = {
            rock.version for rock in self.contents.rocks.get(name, ()) if rock.arch == INSTALLED
        }
        versions = sorted(map(Version.parse, found), reverse=True)
        return tuple(
            DeployedRock(name, each, self.layout, self.namespace(name, each.string))
            for each in versions
        )

    def namespace(self, name: str, version: str) -> str | None:
        """Return the namespace that a rock was installed with, None if none.

        It is the file's exact content, which LuaRocks compares.
        """
        path = f"{self.layout.rock_dir(name, version)}/rock_namespace"
        if self._view.entry(path) is None:
            return None
        try:  # the content is printed, so do not follow a link to a private file
            text = read_named(path, _NAMESPACE_LIMIT, root=self._view.root, follow=False)
        except DistrorocksError:
            return None
        return to_text(text) or None

    def needs(self, rock: DeployedRock, jail: Jail | None = None) -> tuple[Dependency, ...]:
        """Return the direct dependencies of a rock from the manifest, or else its rockspec.

        Raise ``DistrorocksError`` if neither can be read.
        """
        listed = self.contents.needs(rock.name, rock.version.string)
        if listed is not None:
            return listed
        return self.rockspec(rock, jail).dependencies

    def rockspec(self, rock: DeployedRock, jail: Jail | None = None) -> Rockspec:
        """Return the rock's installed rockspec; raise ``DistrorocksError``.

        One that contains code is evaluated in ``jail``, and cannot be read without it.
        """
        from distrorocks.rocks.rockspec import Rockspec
        from distrorocks.system.lua.file import ROCKSPEC_LIMIT, read_chunk

        path = rock.rockspec
        if self._view.find(path) is None:
            raise FileReadError(f"{path} does not exist", is_missing=True)
        chunk = read_chunk(path, jail=jail, limit=ROCKSPEC_LIMIT, root=self._view.root)
        return Rockspec.from_chunk(chunk, file_name=path.rpartition("/")[2])

    def owner(self, rock: DeployedRock) -> Package | None:
        """Return the package that owns a rock's modules or metadata, None if no package does."""
        if not self._owners:
            return None
        indexed = self.indexed(rock.name, rock.version.string)
        layout = self.layout
        paths = [layout.rock_manifest(rock.name, rock.version.string)]
        for relative in indexed.modules.values() if indexed else ():
            paths += (f"{layout.lua_dir}/{relative}", f"{layout.lib_dir}/{relative}")
        return next((self._owners[path] for path in paths if path in self._owners), None)

    @property
    def belongs_to_packages(self) -> bool:
        """Whether only a package manager may write there."""
        return belongs_to_packages(self.layout, self._owners)

    @cached_property
    def _owners(self) -> Mapping[str, Package]:
        """The owning package by path, for files below the tree's directories."""
        from distrorocks.families.module_files import may_be_packaged

        places = (self.layout.lua_dir, self.layout.lib_dir, self.layout.rocks_dir)
        if not any(map(may_be_packaged, places)):
            return {}
        below = tuple(f"{place}/" for place in places)
        return {
            path: package
            for package in self._packages
            for path in package.files
            if path.startswith(below)
        }
