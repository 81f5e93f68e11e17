"""The rocks of every tree that a configuration lists, for one Lua version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from distrorocks.lua.value import LuaTable
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.rocks.name import lower
from distrorocks.rocks.tree_index import IndexedRock, TreeIndex
from distrorocks.rocks.version import Version
from distrorocks.system.lua_jail import Jail
from distrorocks.system.luarocks_config import home, read_configuration
from distrorocks.system.manifest_reader import read_index
from distrorocks.system.root_path import RootView
from distrorocks.trees.layout import Layout, distro_layout, tree_layout
from distrorocks.trees.stack import Tree, normal, stack


class InstalledTree(NamedTuple):
    """A tree with what its manifest tells."""

    tree: Tree
    contents: TreeIndex

    @property
    def layout(self) -> Layout:
        """The places of the tree."""
        return self.tree.layout


class Listed(NamedTuple):
    """One rock and the tree it is in."""

    rock: IndexedRock
    tree: Tree


class Installed(NamedTuple):
    """The trees of one Lua version in the order of the configuration."""

    lua_version: str
    trees: tuple[InstalledTree, ...]
    config: LuaTable
    warnings: tuple[str, ...]

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
    view, found = RootView(root), []
    with Jail() as jail:
        for version in lua_versions or LUA_VERSIONS:
            distro = distro_layout(version, library_dir=library_dir)
            config = read_configuration(root, version, jail)
            trees = picked(stack(config.table, distro, home=home(root)), tree, version)
            warnings = list(config.warnings)
            indexed = []
            for each in trees:
                contents, told = read_index(view, each.layout)
                indexed.append(InstalledTree(each, contents))
                warnings += told
            result = Installed(version, tuple(indexed), config.table, tuple(warnings))
            if lua_versions or result.has_rocks or warnings:
                found.append(result)
    return found


def picked(trees: Iterable[Tree], word: str, lua_version: str) -> list[Tree]:
    """Return all trees, or with ``word`` the one that it names."""
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
    return [Tree(tree_layout(path, lua_version))]


def listed(found: Installed, part: str = "", version: str = "") -> list[Listed]:
    """Return the rocks with ``part`` in their name, sorted by it, the newest version first.

    ``version`` without a revision fits all revisions of it. The same version in several trees
    comes in the order of the trees.
    """
    part = lower(part)
    wanted = Version.parse(version) if version else None
    rows = [
        Listed(rock, each.tree)
        for each in found.trees
        for rock in each.contents.every_rock
        if part in rock.name and (not wanted or Version.parse(rock.version).equals(wanted))
    ]
    rows.sort(key=lambda row: Version.parse(row.rock.version).sort_key, reverse=True)
    return sorted(rows, key=lambda row: row.rock.name)
