"""Words of the verbs that look for rocks to install or remove; LuaRocks' where it has them."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from distrorocks.cli.arguments import (
    Named,
    existing_root,
    lua_version,
    usage_checked,
    working_directory,
)
from distrorocks.cli.report import print_message
from distrorocks.cli.server_arguments import add_distro, add_servers, servers_of
from distrorocks.errors import DistrorocksError, UsageError

if TYPE_CHECKING:
    from distrorocks.install.plan import Request
    from distrorocks.world.site import SiteRequest

PREFERENCES = ("installed", "newest", "distro", "oldest")
MODES = ("one", "all", "order", "none")


def add_target(parser: argparse.ArgumentParser) -> None:
    """Declare which tree is meant, for which Lua version, and which trees count beside it."""
    parser.add_argument(
        "--tree",
        metavar="TREE",
        action=Named,
        default="",
        help="the tree: its name or its root",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--local", action="store_true", help="the tree in your home directory")
    which.add_argument("--global", action="store_true", help="the system's tree", dest="is_global")
    parser.add_argument(
        "--deps-mode",
        choices=MODES,
        help="the trees in which a dependency may be: this one, all, those from this one on, or "
        "none: then nothing is looked at (default: as LuaRocks is configured)",
    )
    parser.add_argument(
        "--nodeps",
        dest="deps_mode",
        action="store_const",
        const="none",
        help="the same as --deps-mode=none",
    )
    parser.add_argument(
        "--lua-version", metavar="VERSION", type=lua_version, help="the version of Lua"
    )


def add_request(parser: argparse.ArgumentParser, *, nargs: str = "+") -> None:
    """Declare what is to be installed, and how it is chosen."""
    parser.add_argument(
        "rocks",
        metavar="ROCK",
        nargs=nargs,
        help="NAME, NAME VERSION, 'NAME >= 1.2', NAMESPACE/NAME, a .rockspec or a .rock file; "
        "VAR=VALUE is passed on to builds",
    )
    add_target(parser)
    add_servers(parser)
    add_distro(parser)
    parser.add_argument(
        "--prefer", choices=PREFERENCES, default="installed", help="which rocks are liked best"
    )
    parser.add_argument(
        "--keep", action="store_true", help="keep other versions of what is installed"
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="install what is named again, and remove old versions that others need",
    )
    parser.add_argument(
        "--only-deps",
        "--deps-only",
        action="store_true",
        help="only what the named rocks need, not they themselves",
    )
    parser.add_argument(
        "--pin",
        action="store_true",
        help="take the versions of ./luarocks.lock, or write it",
    )


def add_consent(parser: argparse.ArgumentParser) -> None:
    """Declare whether anything is done, and whether it is asked first."""
    parser.add_argument("--yes", "-y", action="store_true", help="do not ask")
    parser.add_argument("--dry-run", action="store_true", help="show what would be done, and stop")


def site_request_of(options: argparse.Namespace, root: str = "/") -> SiteRequest:
    """Return who asks for which tree, from the words of ``add_target``."""
    from distrorocks.luarocks.config_file import home
    from distrorocks.luarocks.project import find_project
    from distrorocks.trees.deps_mode import DepsMode
    from distrorocks.trees.target import Scope, User, Wish
    from distrorocks.world.site import SiteRequest

    root = existing_root(root)
    directory = working_directory() if root == "/" else ""
    scope = Scope.ANY
    if options.local or options.is_global:
        scope = Scope.LOCAL if options.local else Scope.GLOBAL
    project = find_project(directory) if directory else None
    return SiteRequest(
        User(home(root), is_superuser=os.geteuid() == 0),
        Wish(options.tree, scope, project, directory),
        options.lua_version or "",
        root,
        DepsMode.parse(options.deps_mode) if options.deps_mode else None,
    )


def request_of(options: argparse.Namespace, root: str = "/") -> Request:
    """Return what the words of ``add_request`` ask for."""
    from distrorocks.install.plan import Request
    from distrorocks.install.request import parse_operands
    from distrorocks.resolve.preference import Preference
    from distrorocks.world.candidates import DistroUse

    with usage_checked():
        words = parse_operands(options.rocks)
    if not (words.dependencies or words.files):
        raise UsageError("no rock is named", hint="VAR=VALUE words are for builds of rocks")
    return Request(
        site_request_of(options, root),
        words,
        servers_of(options),
        Preference(options.prefer),
        DistroUse(options.distro),
        options.offline,
        working_directory() if options.pin else "",
        options.keep,
        options.force,
        options.only_deps,
    )


def agreed(options: argparse.Namespace, prompt: str) -> bool:
    """Return whether to go on, by the words of ``add_consent`` or by asking."""
    if options.dry_run:
        return False
    if options.yes:
        return True
    if not sys.stdin.isatty():
        raise DistrorocksError("nobody is here to be asked", hint="--yes goes on without asking")
    sys.stdout.flush()
    print_message(f"{prompt} [Y/n]")
    return sys.stdin.readline().strip().lower() in ("", "y", "yes")
