"""``distrorocks refresh-cache``: fetch a server as it is, like luarocks-admin refresh_cache."""

from __future__ import annotations

import argparse
import os

from distrorocks.cli.report import print_message
from distrorocks.cli.upload_arguments import server_to_change
from distrorocks.errors import DistrorocksError
from distrorocks.exit_status import DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments, which are those of luarocks-admin."""
    parser.add_argument(
        "--server",
        metavar="SERVER",
        default="",
        help="server to fetch: a name in upload_servers, or an address such as "
        "rsync://USER@HOST/PATH (default: upload_server of the configuration)",
    )
    parser.set_defaults(no_refresh=False)


def run(options: argparse.Namespace) -> int:
    """Fetch the server; of a folder on this machine there is no copy."""
    from distrorocks.serve.folder.remote_copy import RemoteCopy
    from distrorocks.system.lua.jail import Jail

    with Jail() as jail:
        server = server_to_change(options, jail)
    if isinstance(server, RemoteCopy):
        server.refresh()
        return DONE
    if not os.path.isdir(server.path):
        raise DistrorocksError(
            f"{server.path} is not a folder", hint="name a server of upload_servers, or an address"
        )
    print_message(f"{server.path} is a folder of this machine: there is no copy to refresh")
    return DONE
