"""Words that say which servers are asked and what the distribution counts for."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from distrorocks.cli.arguments import Named, usage_checked, working_directory
from distrorocks.errors import UsageError

if TYPE_CHECKING:
    from distrorocks.servers.configured import ServerOptions
    from distrorocks.world.candidates import WorldRequest

DISTRO_USES = ("suggest", "require", "never")


def add_servers(parser: argparse.ArgumentParser) -> None:
    """Declare which servers are asked; the words are LuaRocks'."""
    parser.add_argument(
        "--server",
        metavar="SERVER",
        action="append",
        default=[],
        help="ask this server (a URL or a directory) before all others; may be given again",
    )
    parser.add_argument(
        "--only-server",
        metavar="SERVER",
        action=Named,
        default="",
        help="ask this server and no other",
    )
    parser.add_argument(
        "--dev", action="store_true", help="ask the servers' manifests of development rocks first"
    )
    parser.add_argument(
        "--offline", action="store_true", help="ask no server: take what the cache has"
    )


def add_distro(parser: argparse.ArgumentParser, usual: str = "suggest") -> None:
    """Declare what the distribution's packages count for."""
    parser.add_argument(
        "--distro",
        choices=DISTRO_USES,
        default=usual,
        help="what the distribution's packages count for: to suggest them, to require them where "
        f"they are better, or never (default: {usual})",
    )


def servers_of(options: argparse.Namespace) -> ServerOptions:
    """Return the servers that the words of ``add_servers`` name."""
    from distrorocks.servers.address import Address  # a verb that asks nobody is quicker
    from distrorocks.servers.configured import ServerOptions

    here = working_directory()
    if options.only_server and (options.server or options.dev):
        other = "--server" if options.server else "--dev"
        raise UsageError(f"--only-server cannot be used with {other}", hint="give one")
    with usage_checked():
        only = (Address.parse(options.only_server, above=here),) if options.only_server else ()
        first = tuple(Address.parse(each, above=here) for each in options.server)
    return ServerOptions(first, only, options.dev)


def world_request_of(options: argparse.Namespace, root: str, *, distro: str = "") -> WorldRequest:
    """Return the world that the words of ``add_servers`` and ``add_distro`` name."""
    from distrorocks.world.candidates import DistroUse, WorldRequest

    return WorldRequest(
        "", root, servers_of(options), DistroUse(distro or options.distro), options.offline
    )
