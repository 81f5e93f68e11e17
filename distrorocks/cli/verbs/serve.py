"""``distrorocks serve``: serve a folder over HTTP on this machine."""

from __future__ import annotations

import argparse
import os

from distrorocks.cli.arguments import working_directory
from distrorocks.cli.report import flush_output, print_line, print_message, warn
from distrorocks.errors import UsageError
from distrorocks.exit_status import DONE
from distrorocks.system.processes.interruption import Interruption

DEFAULT_PORT = 8000
_LAST_PORT = 65535
_SIGINT = 2  # signal(7)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("folder", metavar="DIR", help="folder of a rocks server")
    parser.add_argument(
        "--port",
        type=int,
        default=DEFAULT_PORT,
        help=f"port on the loopback interface, 0 for any that is free (default: {DEFAULT_PORT})",
    )


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    from distrorocks.serve.folder.local_server import LocalServer

    if not 0 <= options.port <= _LAST_PORT:
        raise UsageError(f"{options.port} is not a port", hint="pass a number from 0 to 65535")
    folder = os.path.join(working_directory(), options.folder)
    with LocalServer(folder, options.port, print_message) as server:
        warn(
            "this server is for trying a folder on this machine, not for production",
            hint="publish the folder with nginx or GitHub Pages: docs/server-folders.md",
        )
        print_line(f"Serving {folder} at {server.url} (Ctrl-C ends it)")
        flush_output()  # the address, also for a program that reads it
        try:
            server.serve_forever()
        except Interruption as stop:
            if stop.number != _SIGINT:
                raise
    return DONE
