"""Where a plan is made for: the tree to install into, the trees that count, who owns what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.families.distribution import read_distribution
from distrorocks.families.installed import read_installed
from distrorocks.families.known import leading_family
from distrorocks.families.package import Package
from distrorocks.luarocks.default_lua_version import default_lua_version
from distrorocks.resolve.candidate import Candidate, Need, Origin
from distrorocks.resolve.dependents import NeedyRock, Sight
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.deployed_rock import DeployedRock
from distrorocks.trees.deps_mode import DepsMode, configured_mode, consulted
from distrorocks.trees.layout import Layout
from distrorocks.trees.target import Target, User, Wish, target
from distrorocks.world.installed import Installed, look
from distrorocks.world.installed_tree import InstalledTree


class SiteRequest(NamedTuple):
    """Who asks, about which system; ``mode`` is None for what the configuration says.

    ``lua_version`` is "" for the one that LuaRocks would take.
    """

    user: User
    wish: Wish = Wish()
    lua_version: str = ""
    root: str = "/"
    mode: DepsMode | None = None


class Site(NamedTuple):
    """``trees`` are all, with the target among them; ``consulted`` those that it may use."""

    installed: Installed
    target: Target
    mode: DepsMode
    trees: tuple[InstalledTree, ...]
    consulted: tuple[InstalledTree, ...]
    packages: Sequence[Package]
    install_command: str
    jail: Jail

    @property
    def target_tree(self) -> InstalledTree:
        """The tree that is installed into."""
        return next(each for each in self.trees if each.tree == self.target.tree)

    @property
    def layouts(self) -> list[Layout]:
        """The places of the target, then of the other trees that it may use."""
        target = self.target_tree.layout
        return [target, *(it.layout for it in self.consulted if it.layout != target)]

    @property
    def config_files(self) -> list[str]:
        """The files of LuaRocks' configuration that are the user's and the project's."""
        places = self.installed.configuration.places
        return [each.path for each in (places.user, places.project) if each and each.is_found]

    @property
    def owner(self) -> str | None:
        """Why the target is not ours to write into, None where it is."""
        if not self.target_tree.belongs_to_packages:
            return None
        return f"the tree {self.target_tree.layout.root} belongs to packages"

    @property
    def remove_command(self) -> str:
        """What removes packages: the word is the same for every manager that we know."""
        return self.install_command.replace("install", "remove")

    @property
    def sight(self) -> Sight:
        """By the root of each tree, the roots of those that its rocks may use."""
        mode = DepsMode.ONE if self.mode is DepsMode.NONE else self.mode
        return {
            each.layout.root: frozenset(
                seen.layout.root for seen in consulted(mode, self.target.trees, each.tree)
            )
            for each in self.trees
        }

    def rocks(self) -> tuple[list[NeedyRock], list[str]]:
        """Return every installed rock with its needs, and what could not be read of any.

        What packages need is for their package manager to see to: of those nothing is told.
        """
        found, warnings = [], []
        for tree in self.trees:
            for rock in tree.rocks:
                try:
                    needs = tuple(map(Need, tree.needs(rock, self.jail)))
                except DistrorocksError as error:
                    needs = ()
                    if not tree.belongs_to_packages:
                        warnings.append(f"{error.brief}, so nobody knows what {rock} needs")
                found.append(NeedyRock(standing(rock), needs))
        return found, warnings

    def package_of(self, candidate: Candidate) -> str:
        """Return the name of the package that owns an installed rock, "" for none."""
        for tree in self.trees:
            if tree.layout.root == candidate.place:
                for rock in tree.versions(candidate.name):
                    if rock.version == candidate.version:
                        owner = tree.owner(rock)
                        return owner.name if owner else ""
        return ""


def standing(rock: DeployedRock) -> Candidate:
    """Return an installed rock as the resolver has it."""
    return Candidate(rock.name, rock.version, Origin.INSTALLED, rock.layout.root, rock.namespace)


def site(request: SiteRequest, jail: Jail) -> Site:
    """Look at a system for one Lua version; raise where no tree is what was asked for.

    Raises, too, where a file of LuaRocks' configuration cannot be read: what it forbids is not
    known then.
    """
    root, project = request.root, request.wish.project
    version = request.lua_version or default_lua_version(root, jail, project=project)
    packages = read_installed(root)
    view = RootView(root)
    found = look(view, version, jail, library_dir=packages.library_dir, packages=packages.packages)
    found.configuration.sound()
    chosen = target(found.stack, found.config, request.wish, request.user)
    mode = request.mode or configured_mode(found.config)
    known = {each.tree: each for each in found.trees}
    trees = {
        each: known.get(each) or InstalledTree(view, each, packages.packages)
        for each in chosen.trees
    }
    seen = consulted(mode, chosen.trees, chosen.tree)
    distribution = read_distribution(root)
    family = leading_family(packages.families)
    return Site(
        found,
        chosen,
        mode,
        tuple(trees.values()),
        tuple(trees[each] for each in seen),
        packages.packages,
        family.install_command((distribution.id, *distribution.id_like)),
        jail,
    )
