"""``distrorocks adopt``: patch a Debian source package to ship its rock."""

from __future__ import annotations

import argparse
import os

from distrorocks.cli.arguments import add_json, working_directory
from distrorocks.cli.report import print_exactly, print_json, print_message
from distrorocks.exit_status import DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument("folder", metavar="DIR", help="an unpacked Debian source package")
    parser.add_argument(
        "--rock", metavar="NAME", default="", help="the rock, if the names map does not have it"
    )
    parser.add_argument("--apply", action="store_true", help="apply the patch")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print the patch as a diff on stdout, and the decisions on stderr."""
    from distrorocks.packaging.build.adopt import adopt

    folder = os.path.join(working_directory(), options.folder).rstrip("/")  # links: see adopt
    done = adopt(folder, rock=options.rock.lower(), is_applied=options.apply)
    if options.json:
        print_json({"diff": done.diff, "notes": done.notes, "applied": options.apply})
        return DONE
    for note in done.notes:
        print_message(note)
    if done.diff:
        print_exactly(done.diff.rstrip("\n"))
    else:
        print_message("nothing to do: the package ships its rock already")
    return DONE
