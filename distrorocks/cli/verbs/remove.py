"""``distrorocks remove``: remove rocks from a tree unless rocks of any tree need them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from distrorocks.cli.arguments import Named, usage_checked
from distrorocks.cli.report import print_line, print_message, print_notice, warn
from distrorocks.cli.rock_arguments import add_consent, add_target, agreed, site_request_of
from distrorocks.cli.upload_arguments import add_upload, remove_from_server
from distrorocks.exit_status import DONE
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.install.removal import Removal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "rocks",
        metavar="ROCK",
        nargs="+",
        help="NAME (all versions), NAME VERSION or 'NAME < 2'; with --server NAME VERSION or names "
        "of files",
    )
    parser.add_argument(
        "--server",
        metavar="SERVER",
        action=Named,
        default="",
        help="remove the files of a rock from a server: a folder, or a name in upload_servers",
    )
    add_upload(parser)
    add_target(parser)
    add_consent(parser)
    parser.add_argument(
        "--force",
        "--force-fast",
        action="store_true",
        help="remove even what other rocks need",
    )


def run(options: argparse.Namespace) -> int:
    """Remove the rocks; return 0 also if the user declined."""
    if options.server or (options.persona and options.persona.is_admin):
        return remove_from_server(options)
    from distrorocks.install.remove import remove_rocks
    from distrorocks.install.request import parse_operands

    with usage_checked():
        operands = parse_operands(options.rocks)
    done = remove_rocks(
        site_request_of(options),
        operands,
        is_forced=options.force,
        consent=lambda found, warnings: _agreed(options, found, warnings),
        progress=print_notice,
    )
    if done.is_done:
        rocks = ", ".join(map(str, done.removal.rocks))
        print_line(f"removed from {done.removal.target}: {rocks}")
    return DONE


def _agreed(options: argparse.Namespace, found: Removal, warnings: Sequence[str]) -> bool:
    """Print what would be removed, and return whether to remove it."""
    from distrorocks.install.remove import dependent_text

    for text in warnings:
        warn(text)
    print_message(f"for Lua {found.lua_version}:")
    for each in found.rocks:
        print_line(f"remove  {each}  {each.place}")
    for one in found.dependents:
        warn(f"{dependent_text(one)}, which will be unsatisfied")
    count = len(found.rocks)
    return agreed(
        options,
        f"remove {count} rock{'s' if count > 1 else ''} from {found.target}?",
        is_harmful=bool(found.dependents),
    )
