"""``distrorocks download``: get files of rocks from servers."""

from __future__ import annotations

import argparse

from distrorocks.cli.arguments import working_directory
from distrorocks.cli.report import print_json, print_line, warn
from distrorocks.cli.server_arguments import add_file_request, file_request_of
from distrorocks.errors import UsageError
from distrorocks.exit_status import DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments, which are those of LuaRocks."""
    parser.add_argument("name", nargs="?", default="", help="name of the rock")
    parser.add_argument("version", nargs="?", help="version of the rock (default: the newest)")
    parser.add_argument("--all", action="store_true", help="download all files that match")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--source", action="store_true", help="download the rock of sources")
    which.add_argument("--rockspec", action="store_true", help="download the rockspec")
    which.add_argument("--arch", metavar="ARCH", help="download the rock for this system")
    parser.add_argument(
        "--verify",
        action="store_true",
        help="refuse files without a good signature (FILE.asc on the server), checked by gpg",
    )
    add_file_request(parser)


def run(options: argparse.Namespace) -> int:
    """Download to the working directory; return 1 if no server has such a file."""
    from distrorocks.serve.download import Wish, download
    from distrorocks.servers.server_manifest import ROCKSPEC, SOURCE

    if not options.name and not options.all:
        raise UsageError("no rock given", hint="name a rock, or pass --all")
    archs = (options.arch,) if options.arch else ()
    archs = (SOURCE,) if options.source else (ROCKSPEC,) if options.rockspec else archs
    wish = Wish(options.name, options.version, archs, options.all, options.verify)
    paths, warnings = download(wish, file_request_of(options), working_directory())
    if options.json:
        print_json({"downloaded": list(paths), "warnings": list(warnings)})
        return DONE
    for text in warnings:
        warn(text)
    for path in paths:
        print_line(f"Downloaded: {path}")
    return DONE
