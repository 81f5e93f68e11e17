"""The rocks of all configured trees, for one Lua version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from distrorocks.config.configuration import Configuration
from distrorocks.config.traps import NO_SERVER
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
from distrorocks.trees.stack import Tree, entry_layout, normal, stack
from distrorocks.values import NamedTuple
from distrorocks.world.installed_tree import InstalledTree


class Setting(NamedTuple):
    """What a command line changes in LuaRocks' configuration: the project, and variables."""

    has_project: bool = True
    variables: Mapping[str, str] = MappingProxyType({})


USUAL_SETTING = Setting()


class Listed(NamedTuple):
    """A rock and its tree."""

    rock: IndexedRock
    tree: Tree


class NoSuchTree(DistrorocksError):  # noqa: N818 - what there is not
    """No tree has the given name or root, for any of the selected Lua versions."""

    def __init__(self, tree: str) -> None:
        super().__init__(
            f"no such tree: {plain(tree)}",
            hint="pass a name from rocks_trees (user, system, distro) or the root of a tree",
        )


class Installed(NamedTuple):
    """The trees of one Lua version in configuration order.

    ``configuration`` merges all of LuaRocks' files; ``config`` is its table.
    """

    lua_version: str
    trees: tuple[InstalledTree, ...]
    configuration: Configuration

    @property
    def config(self) -> LuaTable:
        """LuaRocks' configuration table."""
        return self.configuration.table

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings about the configuration and all trees; who asks servers adds those of them."""
        return (
            *(text for text in self.configuration.warnings if text != NO_SERVER),
            *(text for each in self.trees for text in each.warnings),
        )

    @property
    def stack(self) -> tuple[Tree, ...]:
        """The trees without their contents."""
        return tuple(each.tree for each in self.trees)

    @property
    def provided(self) -> dict[str, Version]:
        """The rocks provided by Lua or the configuration."""
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
        """Return the trees that may satisfy dependencies of a rock in ``target``."""
        known = {each.tree: each for each in self.trees}
        return tuple(
            known.get(tree) or self.trees[0].at(tree)
            for tree in consulted(mode, self.stack, target)
        )

    def match(self, dependency: Dependency, trees: Iterable[InstalledTree]) -> Match:
        """Return what satisfies a dependency: a provided rock, or one in the given trees."""
        rocks = (rock for each in trees for rock in each.versions(dependency.rock_name))
        return match(dependency, self.provided, rocks)


def installed(
    root: str,
    lua_versions: Sequence[str] = (),
    *,
    tree: str = "",
    library_dir: str = "lib",
) -> list[Installed]:
    """Return the trees of each Lua version; without ``lua_versions``, of those with rocks.

    ``tree`` selects one by name or root, or is ``--local`` or ``--global`` for what these options
    mean; a root is an absolute path, listed or not.
    """
    view, found, is_known = RootView(root), [], False
    with Jail() as jail:
        for version in lua_versions or LUA_VERSIONS:
            every = _with_project(view, look(view, version, jail, library_dir=library_dir))
            trees = selected(every, tree, root)
            is_known = is_known or bool(trees)
            result = every._replace(trees=tuple(InstalledTree(view, each) for each in trees))
            if lua_versions or result.has_rocks or result.warnings:
                found.append(result)
    if not is_known:
        raise NoSuchTree(tree)
    return found


def hint_of_other_lua(root: str, name: str, lua_versions: Sequence[str], *, tree: str = "") -> str:
    """Return what to do about a rock that no tree has for any of ``lua_versions``.

    If trees have it for others, name those. ``tree`` limits the search as in ``installed``.
    """
    usual = "`distrorocks list` shows the installed rocks"
    others = [each for each in LUA_VERSIONS if each not in lua_versions]
    if not lua_versions or not others:
        return usual
    try:
        found = installed(root, others, tree=tree)
    except NoSuchTree:
        return usual
    there = [
        each.lua_version for each in found if any(it.contents.rocks.get(name) for it in each.trees)
    ]
    if not there:
        return usual
    return f"it is installed for Lua {', '.join(there)}: pass --lua-version"


def look(
    view: RootView,
    lua_version: str,
    jail: Jail,
    *,
    library_dir: str = "lib",
    packages: Sequence[Package] = (),
    setting: Setting = USUAL_SETTING,
) -> Installed:
    """Return all trees of one Lua version, to be read on first use.

    The trees know the owners of their rocks only with ``packages``.
    """
    distro = distro_layout(lua_version, library_dir=library_dir)
    project = own_project(view.root) if setting.has_project else None
    config = read_configuration(
        view.root, lua_version, jail, project=project, assignments=setting.variables
    )
    trees = stack(config.table, distro, home=home(view.root))
    return Installed(
        lua_version,
        tuple(InstalledTree(view, each, packages) for each in trees),
        config,
    )


def _with_project(view: RootView, found: Installed) -> Installed:
    """Return the trees with that of the project of the working directory first, as in LuaRocks."""
    project, version = found.configuration.project_dir, found.lua_version
    if not project:
        return found
    from distrorocks.trees.target import PROJECT, PROJECT_TREE  # few directories are projects

    root = f"{project}/{PROJECT_TREE}"
    if any(each.layout.root == root for each in found.trees):
        return found
    entry: LuaTable = {"name": PROJECT, "root": root}
    layout = entry_layout(entry, found.config, version) or tree_layout(root, version, name=PROJECT)
    return found._replace(trees=(InstalledTree(view, Tree(layout)), *found.trees))


def selected(found: Installed, tree: str, root: str) -> list[Tree]:
    """Return the trees that ``--tree``, ``--local`` or ``--global`` of a command line select.

    Looking at their own tree is allowed to the superuser too.
    """
    if tree not in ("--local", "--global"):
        return picked(found.stack, tree, found.lua_version)
    from distrorocks.trees.target import Scope, User, Wish, target  # few runs need it

    user = User(home(root), is_superuser=False)
    return [target(found.stack, found.config, Wish(scope=Scope(tree)), user).tree]


def picked(trees: Iterable[Tree], name: str, lua_version: str) -> list[Tree]:
    """Return the tree with this name or root, [] if there is none, or all without ``name``.

    An absolute path is the root of a tree, whether or not it is listed.
    """
    trees = list(trees)
    if not name:
        return trees
    path = normal(name)
    for tree in trees:
        if tree.layout.name == name:
            return [tree]
    for tree in trees:
        if tree.layout.root == path:
            return [tree]
    if not path.startswith("/"):
        return []
    return [Tree(tree_layout(path, lua_version))]


def listed(found: Installed, part: str = "", version: str | None = None) -> list[Listed]:
    """Return the rocks with ``part`` in their name, sorted by name, newest version first.

    ``version`` without a revision matches all its revisions. The same version in several trees is
    listed in tree order.
    """
    part = lower(part)
    wanted = None if version is None else Version.parse(version)
    by_name: dict[str, list[Listed]] = {}
    for each in found.trees:
        every = each.contents.rocks
        for name in [name for name in every if part in name]:
            for rock in every[name]:
                if not wanted or Version.parse(rock.version).equals(wanted):
                    by_name.setdefault(name, []).append(Listed(rock, each.tree))
    for rows in by_name.values():
        if len(rows) > 1:  # most rocks have one version, which needs no parsing
            rows.sort(key=lambda row: Version.parse(row.rock.version), reverse=True)
    return [row for name in sorted(by_name) for row in by_name[name]]
