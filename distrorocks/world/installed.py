"""The rocks of every tree that a configuration lists, for one Lua version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from distrorocks.config.configuration import Configuration
from distrorocks.errors import DistrorocksError
from distrorocks.families.package import Package
from distrorocks.lua.value import LuaTable
from distrorocks.luarocks.config import home, read_configuration
from distrorocks.luarocks.project import own_project
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.lua_version import LUA_VERSIONS, provided_rocks
from distrorocks.rocks.name import lower
from distrorocks.rocks.quotation import plain
from distrorocks.rocks.tree_index import IndexedRock
from distrorocks.rocks.version import Version
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.deployed_rock import Match, match
from distrorocks.trees.deps_mode import DepsMode, consulted
from distrorocks.trees.layout import distro_layout, tree_layout
from distrorocks.trees.stack import Tree, normal, stack
from distrorocks.world.installed_tree import InstalledTree


class Listed(NamedTuple):
    """One rock and the tree it is in."""

    rock: IndexedRock
    tree: Tree


class NoSuchTree(DistrorocksError):  # noqa: N818 - what there is not
    """A word names no tree, for none of the Lua versions that are asked about."""

    def __init__(self, word: str) -> None:
        super().__init__(
            f"there is no tree {plain(word)}",
            hint="name one as rocks_trees does (user, system, distro), or by its root",
        )


class Installed(NamedTuple):
    """The trees of one Lua version in the order of the configuration.

    ``configuration`` is all that LuaRocks' files say; ``config`` is its table.
    """

    lua_version: str
    trees: tuple[InstalledTree, ...]
    configuration: Configuration

    @property
    def config(self) -> LuaTable:
        """What LuaRocks is configured to do."""
        return self.configuration.table

    @property
    def warnings(self) -> tuple[str, ...]:
        """What could not be read: of the configuration, and of every tree."""
        return (
            *self.configuration.warnings,
            *(text for each in self.trees for text in each.warnings),
        )

    @property
    def stack(self) -> tuple[Tree, ...]:
        """The places of the trees alone."""
        return tuple(each.tree for each in self.trees)

    @property
    def provided(self) -> dict[str, Version]:
        """The rocks that are there without any tree."""
        return provided_rocks(self.lua_version, self.config)

    @property
    def has_rocks(self) -> bool:
        """Whether any tree has a rock."""
        return any(each.contents.rocks for each in self.trees)

    @property
    def unlisted(self) -> tuple[str, ...]:
        """The roots of trees with rocks that LuaRocks' configuration does not list."""
        return tuple(
            each.layout.root
            for each in self.trees
            if each.contents.rocks and not each.tree.is_listed
        )

    def consulted(self, mode: DepsMode, target: Tree) -> tuple[InstalledTree, ...]:
        """Return the trees in which a rock of ``target`` may find what it needs."""
        known = {each.tree: each for each in self.trees}
        return tuple(
            known.get(tree) or self.trees[0].at(tree)
            for tree in consulted(mode, self.stack, target)
        )

    def match(self, dependency: Dependency, trees: Iterable[InstalledTree]) -> Match:
        """Return what meets a dependency in some trees, or what is provided without any."""
        rocks = (rock for each in trees for rock in each.versions(dependency.rock_name))
        return match(dependency, self.provided, rocks)


def installed(
    root: str,
    lua_versions: Sequence[str] = (),
    *,
    tree: str = "",
    library_dir: str = "lib",
) -> list[Installed]:
    """Return the trees of each Lua version; without ``lua_versions``, of those that have rocks.

    ``tree`` picks one by its name, else by its root: an absolute path, listed or not.
    """
    view, found, is_known = RootView(root), [], False
    with Jail() as jail:
        for version in lua_versions or LUA_VERSIONS:
            every = look(view, version, jail, library_dir=library_dir)
            trees = picked(every.stack, tree, version)
            is_known = is_known or bool(trees)
            result = every._replace(trees=tuple(InstalledTree(view, each) for each in trees))
            if lua_versions or result.has_rocks or result.warnings:
                found.append(result)
    if not is_known:
        raise NoSuchTree(tree)
    return found


def look(
    view: RootView,
    lua_version: str,
    jail: Jail,
    *,
    library_dir: str = "lib",
    packages: Sequence[Package] = (),
) -> Installed:
    """Return all trees of one Lua version; of them nothing is read before it is asked for.

    Only with ``packages`` do the trees know the owners of their rocks.
    """
    distro = distro_layout(lua_version, library_dir=library_dir)
    config = read_configuration(view.root, lua_version, jail, project=own_project(view.root))
    trees = stack(config.table, distro, home=home(view.root))
    return Installed(
        lua_version,
        tuple(InstalledTree(view, each, packages) for each in trees),
        config,
    )


def picked(trees: Iterable[Tree], word: str, lua_version: str) -> list[Tree]:
    """Return all trees, or with ``word`` the one that it names, [] where it names none.

    An absolute path is the root of a tree, whether or not it is listed.
    """
    trees = list(trees)
    if not word:
        return trees
    path = normal(word)
    for tree in trees:
        if tree.layout.name == word:
            return [tree]
    for tree in trees:
        if tree.layout.root == path:
            return [tree]
    if not path.startswith("/"):
        return []
    return [Tree(tree_layout(path, lua_version))]


def listed(found: Installed, part: str = "", version: str | None = None) -> list[Listed]:
    """Return the rocks with ``part`` in their name, sorted by it, the newest version first.

    ``version`` without a revision fits all revisions of it. The same version in several trees
    comes in the order of the trees.
    """
    part = lower(part)
    wanted = None if version is None else Version.parse(version)
    rows = [
        Listed(rock, each.tree)
        for each in found.trees
        for rock in each.contents.every_rock
        if part in rock.name and (not wanted or Version.parse(rock.version).equals(wanted))
    ]
    rows.sort(key=lambda row: Version.parse(row.rock.version), reverse=True)
    return sorted(rows, key=lambda row: row.rock.name)
