"""``distrorocks write-rockspec``: the first rockspec of a rock."""

from __future__ import annotations

import argparse

from distrorocks.cli.arguments import Named, add_json, working_directory
from distrorocks.cli.project_arguments import add_told, report_gaps, told_by
from distrorocks.cli.report import print_json, print_line
from distrorocks.cli.server_arguments import world_request_of
from distrorocks.exit_status import DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments, which are those of LuaRocks."""
    parser.add_argument(
        "words",
        nargs="*",
        metavar="[NAME] [VERSION] [LOCATION]",
        help="what the rock is called, and the address or the directory of its sources (default: "
        "the working directory); two words are the name and the location",
    )
    parser.add_argument(
        "--output",
        metavar="FILE",
        action=Named,
        default="",
        help="write this file (default: NAME-VERSION-1.rockspec in the working directory)",
    )
    parser.add_argument("--force", action="store_true", help="replace a file that exists")
    add_told(parser)
    parser.add_argument(
        "--offline", action="store_true", help="do not use the network, only what is cached"
    )
    parser.set_defaults(server=[], only_server="", dev=False, timeout=None)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Write the rockspec, and name what is left to do."""
    from distrorocks.project.identity import identity
    from distrorocks.project.write_rockspec import write_rockspec

    here = working_directory()
    rock = identity(options.words, tag=options.tag, here=here)
    written = write_rockspec(
        rock,
        told_by(options),
        world_request_of(options, "/", distro="never"),
        here=here,
        output=options.output,
        is_forced=options.force,
    )
    if options.json:
        print_json(written._asdict())
        return DONE
    print_line(f"Wrote {written.path}")
    report_gaps(written.path, written.gaps)
    return DONE
