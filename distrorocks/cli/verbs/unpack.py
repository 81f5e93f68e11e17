"""``distrorocks unpack``: unpack a rock in a new directory."""

from __future__ import annotations

import argparse
import os

from distrorocks.cli.arguments import working_directory
from distrorocks.cli.report import print_json, print_line, warn
from distrorocks.cli.server_arguments import add_file_request, file_request_of, servers_of
from distrorocks.errors import UsageError
from distrorocks.exit_status import DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments, which are those of LuaRocks."""
    parser.add_argument(
        "rock",
        metavar="ROCK",
        help="a rock file, a rockspec, or the name of a rock of a server",
    )
    parser.add_argument("version", nargs="?", help="version of the rock (default: the newest)")
    parser.add_argument(
        "--force", action="store_true", help="unpack even if the directory exists already"
    )
    add_file_request(parser)


def run(options: argparse.Namespace) -> int:
    """Unpack the rock; return 1 if no server has it."""
    from distrorocks.rocks.quotation import quoted
    from distrorocks.serve.download import Wish, choose
    from distrorocks.serve.unpack import read_rock_at, unpack
    from distrorocks.servers.server_manifest import ROCKSPEC, SOURCE

    warnings: tuple[str, ...] = ()
    here = working_directory()
    if options.rock.endswith((".rock", ".rockspec")):
        if options.version:
            raise UsageError(
                f"a file has its version in its name, so {quoted(options.version)} is too much",
                hint="unpack one file at a time",
            )
        rock = read_rock_at(os.path.join(here, options.rock))
    else:
        wish = Wish(options.rock, options.version, (SOURCE, ROCKSPEC))
        (rock,), warnings = choose(wish, file_request_of(options))
    done = unpack(
        rock,
        here,
        is_forced=options.force,
        options=servers_of(options),
        is_offline=options.offline,
    )
    if options.json:
        print_json({**done._asdict(), "warnings": list(warnings)})
        return DONE
    for text in warnings:
        warn(text)
    if done.sources:
        for line in ("", "Done. You may now enter directory "):
            print_line(line)
        print_line(os.path.normpath(f"{done.directory}/{done.sources}"))
        print_line("and type 'distrorocks make' to build.")
    return DONE
