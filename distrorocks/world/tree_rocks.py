"""The rocks of the visible trees as the resolver asks for them: candidates, and what each needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.candidate import Candidate, Need, Origin
from distrorocks.servers.rockspec_needs import needs_of, read_rockspec
from distrorocks.system.files.named_file import read_named
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.file import ROCKSPEC_LIMIT
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.deployed_rock import DeployedRock
from distrorocks.world.installed_tree import InstalledTree


class TreeRocks:
    """The installed rocks of some trees of one root; ``warnings`` tells what could not be read."""

    def __init__(self, view: RootView, trees: Sequence[InstalledTree], jail: Jail) -> None:
        self._view = view
        self.trees = trees
        self._jail = jail
        self._standing: dict[Candidate, tuple[InstalledTree, DeployedRock]] = {}
        self._warnings: dict[str, None] = {}

    @property
    def warnings(self) -> tuple[str, ...]:
        """What could not be read so far, though a rock is there."""
        return tuple(self._warnings)

    def candidates(self, name: str, namespace: str | None) -> Iterator[Candidate]:
        """Yield the installed versions of a rock, in the order of the trees, the newest first.

        With a namespace, only what was installed with it.
        """
        for tree in self.trees:
            for rock in tree.versions(name):
                space = rock.namespace
                if namespace in (None, space):
                    root = tree.layout.root
                    candidate = Candidate(name, rock.version, Origin.INSTALLED, root, space)
                    self._standing.setdefault(candidate, (tree, rock))
                    yield candidate

    def standing(self, candidate: Candidate) -> tuple[InstalledTree, DeployedRock]:
        """Return the tree that an installed candidate is in, and the rock there."""
        return self._standing[candidate]

    def needs(self, candidate: Candidate) -> Sequence[Need]:
        """Return what an installed rock needs.

        That is what its rockspec says, else the tree's manifest: a rock is there whether its
        rockspec can be read or not.
        """
        tree, rock = self.standing(candidate)
        path = rock.rockspec
        if self._view.find(path) is not None:
            try:
                text = read_named(path, ROCKSPEC_LIMIT, root=self._view.root)
                name = path.rpartition("/")[2]
                rockspec = read_rockspec(text, path, file_name=name, jail=self._jail)
                return needs_of(rockspec, text, path, with_build=False)
            except DistrorocksError as error:
                self._warn(f"{error.brief}; what the tree's manifest says counts instead")
        try:
            return [Need(each, tree.layout.manifest) for each in tree.needs(rock)]
        except DistrorocksError as error:
            self._warn(f"{error.brief}; nobody knows what {candidate} needs")
            return ()

    def _warn(self, text: str) -> None:
        self._warnings[text] = None
