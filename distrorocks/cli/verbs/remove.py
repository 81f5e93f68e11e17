"""``distrorocks remove``: take rocks out of a tree, with a look at who needs them in all trees."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from distrorocks.cli.arguments import usage_checked
from distrorocks.cli.report import print_line, print_message, warn
from distrorocks.cli.rock_arguments import add_consent, add_target, agreed, site_request_of
from distrorocks.exit_status import DONE

if TYPE_CHECKING:
    from distrorocks.install.removal import Removal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words that follow the verb."""
    parser.add_argument(
        "rocks", metavar="ROCK", nargs="+", help="NAME, NAME VERSION or 'NAME < 2'; all versions go"
    )
    add_target(parser)
    add_consent(parser)
    parser.add_argument("--force", action="store_true", help="also what other rocks need")


def run(options: argparse.Namespace) -> int:
    """Remove the rocks; return 0 also when nobody agreed."""
    from distrorocks.install.remove import remove_rocks
    from distrorocks.install.request import parse_operands

    with usage_checked():
        words = parse_operands(options.rocks)
    done = remove_rocks(
        site_request_of(options),
        words,
        is_forced=options.force,
        consent=lambda found, warnings: _agreed(options, found, warnings),
        progress=print_message,
    )
    if done.is_done:
        rocks = ", ".join(map(str, done.removal.rocks))
        print_line(f"removed from {done.removal.target}: {rocks}")
    return DONE


def _agreed(options: argparse.Namespace, found: Removal, warnings: Sequence[str]) -> bool:
    """Show what goes, and return whether it shall."""
    from distrorocks.install.remove import dependent_text

    for text in warnings:
        warn(text)
    for each in found.rocks:
        print_line(f"remove  {each}  {each.place}")
    for one in found.dependents:
        warn(f"{dependent_text(one)}, and nothing will fulfil that any more")
    return agreed(options, f"remove {len(found.rocks)} from {found.target}?")
