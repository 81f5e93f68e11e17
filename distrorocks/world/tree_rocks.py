"""Candidates from installed trees, and their dependencies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.candidate import Candidate, Need, Origin
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.servers.rockspec_needs import needs_of, read_rockspec
from distrorocks.system.files.named_file import read_named
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.file import ROCKSPEC_LIMIT
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.deployed_rock import DeployedRock
from distrorocks.trees.layout import tree_layout
from distrorocks.trees.stack import Tree
from distrorocks.world.installed_tree import InstalledTree


class TreeRocks:
    """The installed rocks of some trees of one root; ``warnings`` lists what could not be read."""

    def __init__(self, view: RootView, trees: Sequence[InstalledTree], jail: Jail) -> None:
        self._view = view
        self.trees = trees
        self._jail = jail
        self._deployed: dict[Candidate, tuple[InstalledTree, DeployedRock]] = {}
        self._warnings: dict[str, None] = {}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings about unreadable files so far."""
        return tuple(self._warnings)

    def candidates(self, name: str, namespace: str | None) -> Iterator[Candidate]:
        """Yield the installed versions of a rock, in tree order, newest first.

        With a namespace, yield only what was installed with it.
        """
        for tree in self.trees:
            for rock in tree.versions(name):
                space = rock.namespace
                if namespace in (None, space):
                    root = tree.layout.root
                    candidate = Candidate(name, rock.version, Origin.INSTALLED, root, space)
                    self._deployed.setdefault(candidate, (tree, rock))
                    yield candidate

    def lua_versions(self, name: str, more: Sequence[InstalledTree] = ()) -> set[str]:
        """Return the other Lua versions for which a tree, or one of ``more``, has a rock."""
        return {
            version
            for version in LUA_VERSIONS
            for tree in (*self.trees, *more)
            if version != tree.layout.lua_version
            and tree.at(Tree(tree_layout(tree.layout.root, version))).contents.rocks.get(name)
        }

    def deployed(self, candidate: Candidate) -> tuple[InstalledTree, DeployedRock]:
        """Return the tree and the rock of an installed candidate."""
        return self._deployed[candidate]

    def needs(self, candidate: Candidate) -> Sequence[Need]:
        """Return the dependencies of an installed rock, from its rockspec or else the manifest.

        If neither can be read, warn and return none: the rock is installed nevertheless.
        """
        tree, rock = self.deployed(candidate)
        path = rock.rockspec
        if self._view.find(path) is not None:
            try:
                text = read_named(path, ROCKSPEC_LIMIT, root=self._view.root)
                name = path.rpartition("/")[2]
                rockspec = read_rockspec(text, path, file_name=name, jail=self._jail)
                return needs_of(rockspec, text, path, with_build=False)
            except DistrorocksError as error:
                self._warn(f"{error.brief}; using the tree's manifest instead")
        try:
            return [Need(each, tree.layout.manifest) for each in tree.needs(rock)]
        except DistrorocksError as error:
            self._warn(f"{error.brief}; the dependencies of {candidate} are unknown")
            return ()

    def _warn(self, text: str) -> None:
        self._warnings[text] = None
