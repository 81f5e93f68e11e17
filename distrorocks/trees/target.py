"""The target tree of an installation: LuaRocks' "current tree", the same for all its versions.

LuaRocks' versions differ; docs/trees.md has the table. Where newer ones fail an assertion because
no tree is named ``user`` or ``system``, the tree at the default path is used.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from enum import Enum

from distrorocks.errors import DistrorocksError
from distrorocks.exit_status import USAGE
from distrorocks.lua.value import LuaTable
from distrorocks.rocks.quotation import plain
from distrorocks.trees.layout import tree_layout
from distrorocks.trees.stack import SYSTEM_ROOT, Tree, entry_layout, normal
from distrorocks.values import NamedTuple

ARGUMENT = "arg"
USER = "user"
SYSTEM = "system"
PROJECT = "project"
USER_TREE = ".luarocks"
PROJECT_TREE = "lua_modules"


class TargetError(DistrorocksError):
    """No tree, or more than one, matches the request."""


class TwoTargetsError(TargetError):
    """The command line names two trees."""

    exit_status = USAGE


class Scope(Enum):
    """The scope options of the command line."""

    ANY = ""
    LOCAL = "--local"
    GLOBAL = "--global"


class Wish(NamedTuple):
    """The user's options for the target.

    ``tree`` is a name or a path, relative to ``directory``; if that is "", relative paths are
    refused. ``project`` is the current project's directory, or None.
    """

    tree: str = ""
    scope: Scope = Scope.ANY
    project: str | None = None
    directory: str = ""


class User(NamedTuple):
    """The user who runs the command."""

    home: str
    is_superuser: bool = False


class Target(NamedTuple):
    """The target tree, all trees including it, and the reason for the choice.

    A target that the configuration does not list is the first of ``trees``.
    """

    tree: Tree
    trees: tuple[Tree, ...]
    reason: str


def target(trees: Sequence[Tree], config: LuaTable, wish: Wish, user: User) -> Target:
    """Choose the target tree, or raise ``TargetError``.

    In this order: ``--global``, ``--tree``, ``--local``, the project, ``local_by_default``, the
    last tree that the configuration lists.
    """
    _refuse_two_wishes(wish)
    if wish.scope is Scope.GLOBAL:
        return _global(trees)
    if wish.tree:
        return _named(trees, config, wish)
    if wish.scope is Scope.LOCAL:
        if user.is_superuser:
            raise TargetError(
                "--local selects the tree in a user's home, but you are the superuser",
                hint=f"name the tree: --tree={_user_root(user)}",
            )
        return _local(trees, config, user, "--local means the user's tree")
    if wish.project:
        root = f"{wish.project.rstrip('/')}/{PROJECT_TREE}"
        return _at(root, PROJECT, trees, config, "it is the tree of the project")
    if config.get("local_by_default") not in (None, False):
        return _local(trees, config, user, "local_by_default is set")
    listed = [tree for tree in trees if tree.is_listed]
    if not listed:
        raise TargetError(
            "LuaRocks' configuration lists no tree", hint="name one: --tree=DIR, or set rocks_trees"
        )
    return _chosen(listed[-1], trees, "it is the last of rocks_trees")


def _refuse_two_wishes(wish: Wish) -> None:
    if wish.tree and wish.scope is not Scope.ANY:
        raise TwoTargetsError(
            f"--tree and {wish.scope.value} select different trees", hint="use only one of them"
        )


def _named(trees: Sequence[Tree], config: LuaTable, wish: Wish) -> Target:
    """Return the tree with that name, else with that root, else a new tree at that root."""
    found = _first(trees, lambda tree: tree.layout.name == wish.tree)
    if found:
        return _chosen(found, trees, "--tree gives its name")
    if not wish.tree.startswith("/") and not wish.directory:
        names = ", ".join(tree.layout.name for tree in trees if tree.layout.name)
        raise TargetError(
            f"no tree is called {plain(wish.tree)}",
            hint=f"the names are {names}; a path begins with a slash" if names else "give a path",
        )
    root = posixpath.join(wish.directory, wish.tree)
    return _at(root, ARGUMENT, trees, config, "--tree gives its root")


def _global(trees: Sequence[Tree]) -> Target:
    """Return the tree named ``system``, else that at /usr/local, else the last."""
    listed = [tree for tree in trees if tree.is_listed]
    found = (
        _first(listed, lambda tree: tree.layout.name == SYSTEM)
        or _first(listed, lambda tree: tree.layout.root == SYSTEM_ROOT)
        or (listed[-1] if listed else None)
    )
    if not found:
        raise TargetError("--global: LuaRocks' configuration lists no tree", hint="use --tree=DIR")
    return _chosen(found, trees, "--global means the system's tree")


def _local(trees: Sequence[Tree], config: LuaTable, user: User, reason: str) -> Target:
    """Return the tree named ``user``, else that in the home directory, listed or not."""
    found = _first(trees, lambda tree: tree.layout.name == USER)
    if found:
        return _chosen(found, trees, reason)
    return _at(_user_root(user), USER, trees, config, reason)


def _at(root: str, name: str, trees: Sequence[Tree], config: LuaTable, reason: str) -> Target:
    """Return the tree with that root, or a new tree with that name."""
    root = normal(root)
    found = _first(trees, lambda tree: tree.layout.root == root)
    if found:
        return _chosen(found, trees, reason)
    version = trees[0].layout.lua_version
    layout = entry_layout({"name": name, "root": root}, config, version)
    new = Tree(layout or tree_layout(root, version, name=name), is_listed=False)
    return _chosen(new, trees, reason)


def _chosen(tree: Tree, trees: Sequence[Tree], reason: str) -> Target:
    """Return a target among all trees: in its position if it is listed, else first."""
    if tree.is_listed:
        return Target(tree, tuple(trees), reason)
    return Target(tree, (tree, *(each for each in trees if each != tree)), reason)


def _user_root(user: User) -> str:
    return f"{user.home.rstrip('/')}/{USER_TREE}"


def _first(trees: Sequence[Tree], is_meant: Callable[[Tree], bool]) -> Tree | None:
    return next((tree for tree in trees if is_meant(tree)), None)
