"""Arguments that several verbs share."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager

from distrorocks.cli.report import warn
from distrorocks.errors import DistrorocksError
from distrorocks.exit_status import USAGE
from distrorocks.rocks.lua_version import LUA_VERSIONS, LuaVersion, LuaVersionError
from distrorocks.values import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from typing import Any

    from distrorocks.world.survey import System


def lua_version(text: str) -> LuaVersion:
    """Return the Lua version named by an argument; used as an argparse type."""
    try:
        return LuaVersion.parse(text)
    except LuaVersionError as error:
        raise argparse.ArgumentTypeError(f"{error.brief}; {error.hint}") from error


def _distribution(text: str) -> str:
    """Return an id of os-release in lower case, and warn if no family knows it.

    It may be one of a derivative, whose packages are named as those of its family.
    """
    from distrorocks.families.distribution import is_known, known_ids  # few runs have the option

    if (name := text.lower()) and not is_known(name):
        warn(
            f"no distribution {text} is known: each package counts as one of its family's first",
            hint=f"known are {', '.join(known_ids())}",
        )
    return name


@contextmanager
def usage_checked() -> Iterator[None]:
    """Turn errors raised while parsing an argument into usage errors."""
    try:
        yield
    except DistrorocksError as error:
        error.exit_status = USAGE
        raise


class Named(argparse.Action):
    """Store a non-empty argument; an empty one is probably an unset shell variable."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002 - argparse calls it so
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,  # noqa: ARG002
    ) -> None:
        """Store the argument."""
        if not values:
            raise argparse.ArgumentError(self, "the argument is empty")
        setattr(namespace, self.dest, values)


def add_root(parser: argparse.ArgumentParser) -> None:
    """Declare ``--root``."""
    parser.add_argument(
        "--root", metavar="DIR", default="/", help="operate on the system rooted at DIR"
    )


def add_lua_versions(parser: argparse.ArgumentParser) -> None:
    """Declare ``--lua-version``, which may be given several times."""
    parser.add_argument(
        "--lua-version",
        metavar="VERSION",
        action="append",
        type=lua_version,
        help="limit to this Lua version (5.1 to 5.5, luajit means 5.1); repeatable",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Declare ``--json``."""
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def add_system(parser: argparse.ArgumentParser) -> None:
    """Declare which system to examine and how to map its package names."""
    add_root(parser)
    add_lua_versions(parser)
    parser.add_argument(
        "--guess",
        action="store_true",
        help="also publish rocks identified only by package name or some of their modules",
    )
    parser.add_argument(
        "--distribution",
        type=_distribution,
        metavar="ID",
        default="",
        help="interpret package names as those of this distribution (an os-release ID)",
    )


def system_of(options: argparse.Namespace) -> System:
    """Return the system selected by the arguments of ``add_system``."""
    from distrorocks.world.survey import System  # a third of a small verb's start-up time

    return System(
        root=existing_root(options.root),
        lua_versions=tuple(dict.fromkeys(options.lua_version or LUA_VERSIONS)),
        guess=options.guess,
        distribution=options.distribution,
    )


def working_directory() -> str:
    """Return the working directory; raise ``DistrorocksError`` if it no longer exists."""
    try:
        return os.getcwd()
    except OSError as error:
        raise DistrorocksError(
            f"cannot determine the working directory: {error.strerror}",
            hint="change to an existing directory and try again",
        ) from None


def existing_root(path: str) -> str:
    """Return the resolved absolute path of a root; raise if it is not a directory."""
    if not os.path.isdir(path):
        raise DistrorocksError(
            f"--root {path} is not a directory",
            hint="name the directory that holds the other system's /usr and /var",
        )
    return os.path.realpath(path)


_USUAL_NAMES = ("user", "system", "distro", "project", "--local", "--global")


class Choice(NamedTuple):
    """The trees selected by the user; empty ``lua_versions`` or ``tree`` select all.

    ``tree`` is a name, a root, ``--local`` or ``--global``.
    """

    root: str
    lua_versions: tuple[str, ...]
    tree: str


def add_trees(parser: argparse.ArgumentParser) -> None:
    """Declare the options that select trees."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--tree",
        metavar="TREE",
        action=Named,
        default="",
        help="limit to the tree with this name or root",
    )
    for option, text in (("--local", "in your home directory"), ("--global", "of the system")):
        which.add_argument(
            option,
            dest="tree",
            action="store_const",
            const=option,
            help=f"limit to the tree {text}",
        )
    add_root(parser)
    add_lua_versions(parser)


def choice_of(options: argparse.Namespace) -> Choice:
    """Return the trees selected by the arguments of ``add_trees``.

    A relative ``--tree`` is made absolute on the running system only; without a slash it is a name
    unless there is such a directory. Under LuaRocks' name always one Lua version is meant.
    """
    root, tree = existing_root(options.root), options.tree
    is_path = "/" in tree or (tree not in _USUAL_NAMES and os.path.isdir(tree))
    if tree and is_path and not tree.startswith("/") and root == "/":
        tree = os.path.abspath(tree)
    versions = tuple(dict.fromkeys(options.lua_version or ()))
    if options.persona and not versions:
        from distrorocks.luarocks.project import own_lua_version
        from distrorocks.system.lua.jail import Jail

        with Jail() as jail:
            versions = (own_lua_version(root, jail),)
    return Choice(root, versions, tree)
