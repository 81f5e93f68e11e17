"""Arguments of the verbs that install or remove rocks; LuaRocks' own where it has them."""

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
    from distrorocks.install.install import BuildChoice
    from distrorocks.install.plan import Request
    from distrorocks.world.site import SiteRequest

PREFERENCES = ("installed", "newest", "distro", "oldest")
MODES = ("one", "all", "order", "none")


def add_tree(parser: argparse.ArgumentParser) -> None:
    """Declare the choice of one tree."""
    parser.add_argument(
        "--tree",
        metavar="TREE",
        action=Named,
        default="",
        help="target tree, by name or root",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--local", action="store_true", help="use the tree in your home directory")
    which.add_argument(
        "--global", action="store_true", help="use the system tree", dest="is_global"
    )


def add_target(parser: argparse.ArgumentParser) -> None:
    """Declare the target tree, the Lua version and the deps_mode."""
    add_tree(parser)
    parser.add_argument(
        "--deps-mode",
        choices=MODES,
        help="trees that may satisfy dependencies: the target (one), all, the target and those "
        "listed after it (order), or none to ignore dependencies (default: LuaRocks' setting)",
    )
    parser.add_argument(
        "--nodeps",
        dest="deps_mode",
        action="store_const",
        const="none",
        help="same as --deps-mode=none",
    )
    parser.add_argument(
        "--lua-version", metavar="VERSION", type=lua_version, help="Lua version to use"
    )


def add_request(parser: argparse.ArgumentParser, *, nargs: str = "+") -> None:
    """Declare the rocks to install and how to select them."""
    parser.add_argument(
        "rocks",
        metavar="ROCK",
        nargs=nargs,
        help="NAME, NAME VERSION, 'NAME >= 1.2', NAMESPACE/NAME, a .rockspec or a .rock file; "
        "VAR=VALUE is passed to builds",
    )
    add_target(parser)
    add_servers(parser)
    add_distro(parser)
    parser.add_argument(
        "--prefer",
        choices=PREFERENCES,
        default="installed",
        help="which candidates to prefer (default: installed)",
    )
    parser.add_argument(
        "--keep", action="store_true", help="keep other installed versions of the rocks"
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="reinstall the named rocks, and remove old versions even if other rocks need them",
    )
    parser.add_argument(
        "--only-deps",
        "--deps-only",
        action="store_true",
        help="install only the dependencies of the named rocks",
    )
    parser.add_argument(
        "--pin",
        action="store_true",
        help="use the versions pinned in ./luarocks.lock; write that file if it does not exist",
    )


def add_build(parser: argparse.ArgumentParser) -> None:
    """Declare how rocks are built."""
    parser.add_argument(
        "--build-sandbox",
        choices=("auto", "require", "off"),
        default="auto",
        help="build in a sandbox if one works (auto), always, or never (default: auto)",
    )
    parser.add_argument("--build-network", action="store_true", help="let builds use the network")
    parser.add_argument(
        "--only-sources",
        metavar="URL",
        action=Named,
        help="use only sources whose address, without its protocol, begins like this one",
    )


def build_choice_of(options: argparse.Namespace) -> BuildChoice:
    """Return the choice made by the arguments of ``add_build``."""
    from distrorocks.install.install import BuildChoice

    only = options.only_sources
    if only is not None:
        only = only.partition("://")[2] or only
    return BuildChoice(options.build_sandbox, options.build_network, only)


def add_consent(parser: argparse.ArgumentParser) -> None:
    """Declare the confirmation options."""
    parser.add_argument("--yes", "-y", action="store_true", help="do not ask for confirmation")
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would be done, without doing it"
    )


def site_request_of(options: argparse.Namespace, root: str = "/") -> SiteRequest:
    """Return the site selected by the arguments of ``add_target``."""
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
    """Return the request made by the arguments of ``add_request``."""
    from distrorocks.install.plan import Request
    from distrorocks.install.request import parse_operands
    from distrorocks.resolve.preference import Preference
    from distrorocks.world.candidates import DistroUse

    with usage_checked():
        operands = parse_operands(options.rocks)
    if not (operands.dependencies or operands.files):
        raise UsageError("no rock given", hint="VAR=VALUE arguments only configure builds")
    return Request(
        site_request_of(options, root),
        operands,
        servers_of(options),
        Preference(options.prefer),
        DistroUse(options.distro),
        options.offline,
        working_directory() if options.pin else "",
        options.keep,
        options.force,
        options.only_deps,
    )


def agreed(options: argparse.Namespace, prompt: str, *, is_harmful: bool = False) -> bool:
    """Return whether to proceed, by the arguments of ``add_consent`` or by asking the user.

    Without a terminal nobody is asked, as in LuaRocks. Raise ``DistrorocksError`` there for what
    ``is_harmful``: it breaks rocks that stay installed.
    """
    if options.dry_run:
        return False
    if options.yes:
        return True
    if not sys.stdin.isatty():
        if not is_harmful:
            return True
        raise DistrorocksError(
            "other installed rocks need what would be removed, and there is no terminal to ask at",
            hint="pass --yes to proceed without asking",
        )
    sys.stdout.flush()
    print_message(f"{prompt} [Y/n]")
    return sys.stdin.readline().strip().lower() in ("", "y", "yes")
