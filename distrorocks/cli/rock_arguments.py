"""Arguments of the verbs that install or remove rocks; LuaRocks' own where it has them."""

from __future__ import annotations

import argparse
import os
import sys

from distrorocks.cli.arguments import (
    Named,
    existing_root,
    lua_version,
    usage_checked,
    working_directory,
)
from distrorocks.cli.report import flush_output, paused, print_message
from distrorocks.cli.server_arguments import (
    add_check_lua_versions,
    add_distro,
    add_servers,
    servers_of,
)
from distrorocks.errors import DistrorocksError, UsageError
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.install.plan_request import OwnBuild, Request
    from distrorocks.install.request import RockOperands
    from distrorocks.world.site import SiteRequest

PREFERENCES = ("installed", "newest", "distro", "oldest", "named")
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
    parser.add_argument(
        "--no-project",
        action="store_true",
        help="use neither the tree nor the configuration of the project in this directory",
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
    add_lua(parser)


def add_lua(parser: argparse.ArgumentParser) -> None:
    """Declare the choice of one Lua."""
    parser.add_argument(
        "--lua-version", metavar="VERSION", type=lua_version, help="Lua version to use"
    )
    parser.add_argument(
        "--lua-dir",
        metavar="PREFIX",
        action=Named,
        default="",
        help="use the interpreter and the headers of the Lua installed below this directory",
    )


ROCKS = (
    "NAME, NAME VERSION, 'NAME >= 1.2', NAMESPACE/NAME, a .rockspec or a .rock file; "
    "VAR=VALUE is passed to builds"
)


PIN = "use the versions pinned in ./luarocks.lock; write that file if it does not exist"


def add_request(
    parser: argparse.ArgumentParser,
    *,
    nargs: str = "+",
    what: str = ROCKS,
    metavar: str = "ROCK",
    pin: str = PIN,
) -> None:
    """Declare the rocks to install and how to select them.

    ``what`` says what names them, and ``pin`` what ``--pin`` does, "" for nothing.
    """
    parser.add_argument("rocks", metavar=metavar, nargs=nargs, help=what)
    add_target(parser)
    add_servers(parser)
    add_distro(parser)
    parser.add_argument(
        "--prefer",
        choices=PREFERENCES,
        default="installed",
        help="which candidates to prefer; named: the newest of the rocks given, and "
        "what is installed of all others (default: installed)",
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
        "--force-fast",
        action="store_true",
        help="like --force, without looking for rocks that need the old versions",
    )
    add_check_lua_versions(parser)
    parser.add_argument(
        "--only-deps",
        "--deps-only",
        action="store_true",
        help="install only the dependencies of the named rocks",
    )
    parser.set_defaults(pin=False)
    if pin:
        parser.add_argument("--pin", action="store_true", help=pin)


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
    project = find_project(directory) if directory and not options.no_project else None
    lua_dir = options.lua_dir and os.path.normpath(os.path.join(directory or "/", options.lua_dir))
    return SiteRequest(
        User(home(root), is_superuser=os.geteuid() == 0),
        Wish(options.tree, scope, project, directory),
        options.lua_version or "",
        root,
        DepsMode.parse(options.deps_mode) if options.deps_mode else None,
        lua_dir,
        not options.no_project,
    )


def request_of(options: argparse.Namespace, root: str = "/") -> Request:
    """Return the request made by the arguments of ``add_request``."""
    from distrorocks.install.request import parse_operands

    with usage_checked():
        operands = parse_operands(options.rocks)
    if not (operands.dependencies or operands.files):
        raise UsageError("no rock given", hint="VAR=VALUE arguments only configure builds")
    return request_for(operands, options, root=root)


def request_for(
    operands: RockOperands,
    options: argparse.Namespace,
    *,
    root: str = "/",
    own_build: OwnBuild | None = None,
) -> Request:
    """Return the request for ``operands`` by the other arguments of ``add_request``."""
    from distrorocks.install.plan_request import Request
    from distrorocks.resolve.preference import Preference
    from distrorocks.world.candidates import DistroUse

    is_project = own_build is not None and bool(own_build.folder)
    takes_pins = options.pin or is_project
    return Request(
        site_request_of(options, root),
        operands,
        servers_of(options),
        Preference.NAMED if options.persona else Preference(options.prefer),
        DistroUse(options.distro),
        options.offline,
        working_directory() if takes_pins else "",
        options.keep,
        options.force or options.force_fast,
        options.only_deps,
        own_build,
        getattr(options, "branch", None) or "",
        is_project,
    )


def agreed(
    options: argparse.Namespace,
    prompt: str,
    *,
    is_harmful: bool = False,
    declined: str = "nothing was changed",
) -> bool:
    """Return whether to proceed, by the arguments of ``add_consent`` or by asking the user.

    Enter is yes, and the end of the input is no. Without a terminal nobody is asked, as in
    LuaRocks, nor anywhere under LuaRocks' name. Raise ``DistrorocksError`` there for what
    ``is_harmful``: it breaks rocks that stay installed.
    """
    if options.dry_run:
        return False
    if options.yes:
        return True
    if options.persona and (options.force or not is_harmful):
        return True
    if options.persona or not sys.stdin.isatty():
        if not is_harmful:
            return True
        raise DistrorocksError(
            "other installed rocks need what would be removed, and there is no terminal to ask at",
            hint="pass --yes to proceed without asking",
        )
    flush_output()
    with paused():
        print_message(f"{prompt} [Y/n]")
        answer = sys.stdin.readline()
    is_agreed = bool(answer) and answer.strip().lower() in ("", "y", "yes")
    if not is_agreed:
        print_message(declined)
    return is_agreed
