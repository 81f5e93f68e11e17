"""Words that several verbs understand, declared once."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.exit_status import USAGE
from distrorocks.rocks.lua_version import LUA_VERSIONS, LuaVersion, LuaVersionError

if TYPE_CHECKING:
    from distrorocks.world.survey import System


def lua_version(text: str) -> LuaVersion:
    """Return the Lua version that a word names, for argparse."""
    try:
        return LuaVersion.parse(text)
    except LuaVersionError as error:
        raise argparse.ArgumentTypeError(f"{error.brief}; {error.hint}") from error


@contextmanager
def usage_checked() -> Iterator[None]:
    """Make what is wrong with a word of the command line an error of usage."""
    try:
        yield
    except DistrorocksError as error:
        error.exit_status = USAGE
        raise


class Named(argparse.Action):
    """Keeps a word that names something; an empty one is a slip of a shell, and refused."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002 - argparse calls it so
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,  # noqa: ARG002
    ) -> None:
        """Keep the word."""
        if not values:
            raise argparse.ArgumentError(self, "an empty word names nothing")
        setattr(namespace, self.dest, values)


def add_root(parser: argparse.ArgumentParser) -> None:
    """Declare ``--root``: a system other than the running one."""
    parser.add_argument(
        "--root", metavar="DIR", default="/", help="work on the system in DIR instead of this one"
    )


def add_lua_versions(parser: argparse.ArgumentParser) -> None:
    """Declare ``--lua-version``, which may be given several times."""
    parser.add_argument(
        "--lua-version",
        metavar="VERSION",
        action="append",
        type=lua_version,
        help="only this version of Lua (5.1 to 5.5, luajit is 5.1); may be given again",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Declare ``--json``."""
    parser.add_argument("--json", action="store_true", help="print the report as JSON")


def add_system(parser: argparse.ArgumentParser) -> None:
    """Declare which system is looked at, and how its package names are understood."""
    add_root(parser)
    add_lua_versions(parser)
    parser.add_argument(
        "--guess",
        action="store_true",
        help="also publish rocks that only a package's name or a part of its modules suggests",
    )
    parser.add_argument(
        "--distribution",
        metavar="ID",
        default="",
        help="take package names as those of this distribution (an os-release ID)",
    )


def system_of(options: argparse.Namespace) -> System:
    """Return the system that the words of ``add_system`` name."""
    from distrorocks.world.survey import System  # what it needs is a third of a small verb's time

    return System(
        root=existing_root(options.root),
        lua_versions=tuple(dict.fromkeys(options.lua_version or LUA_VERSIONS)),
        guess=options.guess,
        distribution=options.distribution.lower(),
    )


def working_directory() -> str:
    """Return the directory that relative paths are below; raise where it is gone."""
    try:
        return os.getcwd()
    except OSError as error:
        raise DistrorocksError(
            f"the working directory cannot be told: {error.strerror}",
            hint="change to a directory that is there, and try again",
        ) from None


def existing_root(path: str) -> str:
    """Return an absolute path to the root, without links; raise if it is no directory."""
    if not os.path.isdir(path):
        raise DistrorocksError(
            f"--root {path} is not a directory",
            hint="name the directory that holds the other system's /usr and /var",
        )
    return os.path.realpath(path)


class Choice(NamedTuple):
    """Which trees a user asks about: ``lua_versions`` and ``tree`` are empty for all."""

    root: str
    lua_versions: tuple[str, ...]
    tree: str


def add_trees(parser: argparse.ArgumentParser) -> None:
    """Declare which trees are asked about."""
    parser.add_argument(
        "--tree",
        metavar="TREE",
        action=Named,
        default="",
        help="only the tree of this name, or with this root",
    )
    add_root(parser)
    add_lua_versions(parser)


def choice_of(options: argparse.Namespace) -> Choice:
    """Return the trees that the words of ``add_trees`` name.

    A relative ``--tree`` is made absolute where that means something: on the running system.
    """
    root, tree = existing_root(options.root), options.tree
    if "/" in tree and not tree.startswith("/") and root == "/":
        tree = os.path.abspath(tree)
    return Choice(root, tuple(dict.fromkeys(options.lua_version or ())), tree)
