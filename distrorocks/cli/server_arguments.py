"""Arguments that select rocks servers and the use of the distribution's packages."""

from __future__ import annotations

import argparse

from distrorocks.cli.arguments import (
    Named,
    add_json,
    add_root,
    existing_root,
    lua_version,
    usage_checked,
    working_directory,
)
from distrorocks.cli.report import print_hint, print_message
from distrorocks.errors import UsageError
from distrorocks.exit_status import FAILED
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.servers.configured import ServerOptions
    from distrorocks.world.candidates import WorldRequest

DISTRO_USES = ("suggest", "require", "never")


def add_servers(parser: argparse.ArgumentParser) -> None:
    """Declare which servers to query; the options are those of LuaRocks."""
    parser.add_argument(
        "--server",
        metavar="SERVER",
        action="append",
        default=[],
        help="query this server (a URL or a directory) before all others; repeatable",
    )
    parser.add_argument(
        "--only-server",
        metavar="SERVER",
        action=Named,
        default="",
        help="query this server only",
    )
    parser.add_argument(
        "--dev", action="store_true", help="also query the servers' development manifests, first"
    )
    parser.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=_seconds,
        help="how long a server may take to answer (default: LuaRocks' connection_timeout, 30; 0 "
        "means an hour)",
    )
    parser.add_argument(
        "--offline",
        action="store_true",
        help="do not use the network, only local servers and the cache",
    )


def report_unreached() -> int:
    """Say that servers are configured and none could be asked; return the exit status for that."""
    print_message("error: no rocks server could be asked, so what they have is not known")
    print_hint("check the network, or ask another one or a directory with --only-server")
    return FAILED


def add_distro(parser: argparse.ArgumentParser, usual: str = "suggest") -> None:
    """Declare how to use the distribution's packages."""
    parser.add_argument(
        "--distro",
        choices=DISTRO_USES,
        default=usual,
        help="use of the distribution's packages: suggest them, require them where preferred, or "
        f"never consider them (default: {usual})",
    )


def _seconds(text: str) -> float:
    """Return the argument of ``--timeout``; used as an argparse type."""
    from distrorocks.servers.time_limit import LONGEST_SECONDS

    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= LONGEST_SECONDS:
        raise argparse.ArgumentTypeError(f"not a number of seconds up to {LONGEST_SECONDS:.0f}")
    return seconds or LONGEST_SECONDS


def servers_of(options: argparse.Namespace) -> ServerOptions:
    """Return the server options given by the arguments of ``add_servers``."""
    from distrorocks.servers.address import Address  # keeps start-up fast
    from distrorocks.servers.configured import ServerOptions

    here = working_directory()
    if options.only_server and (options.server or options.dev):
        other = "--server" if options.server else "--dev"
        raise UsageError(f"--only-server cannot be used with {other}", hint="pass only one of them")
    with usage_checked():
        only = (Address.parse(options.only_server, above=here),) if options.only_server else ()
        first = tuple(Address.parse(each, above=here) for each in options.server)
    asks_all = getattr(options, "check_lua_versions", False)
    return ServerOptions(first, only, options.dev, options.timeout, asks_all)


def world_request_of(options: argparse.Namespace, root: str, *, distro: str = "") -> WorldRequest:
    """Return the request made by the arguments of ``add_servers`` and ``add_distro``."""
    from distrorocks.world.candidates import DistroUse, WorldRequest

    return WorldRequest(
        "", root, servers_of(options), DistroUse(distro or options.distro), options.offline
    )


def add_check_lua_versions(parser: argparse.ArgumentParser) -> None:
    """Declare whether far servers are asked about other Lua versions."""
    parser.add_argument(
        "--check-lua-versions",
        action="store_true",
        help="ask far servers, too, whether they have newer versions for another Lua",
    )


def add_file_request(parser: argparse.ArgumentParser) -> None:
    """Declare how verbs that get files of rocks from servers choose them."""
    add_check_lua_versions(parser)
    parser.add_argument(
        "--lua-version", metavar="VERSION", type=lua_version, help="Lua version to use"
    )
    add_servers(parser)
    add_root(parser)
    add_json(parser)


def file_request_of(options: argparse.Namespace) -> WorldRequest:
    """Return the request made by the arguments of ``add_file_request``."""
    request = world_request_of(options, existing_root(options.root), distro="never")
    return request._replace(lua_version=options.lua_version or "")
