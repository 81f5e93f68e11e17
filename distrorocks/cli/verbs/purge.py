"""``distrorocks purge``: remove all rocks of a tree, or all but the newest version of each."""

from __future__ import annotations

import argparse

from distrorocks.cli.report import print_line, print_message, print_notice, warn
from distrorocks.cli.rock_arguments import add_consent, add_target, agreed, site_request_of
from distrorocks.errors import UsageError
from distrorocks.exit_status import DONE
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.install.purge import Purge


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_target(parser)
    add_consent(parser)
    parser.add_argument(
        "--old-versions",
        action="store_true",
        help="keep the newest version of each rock, and older ones that other rocks need",
    )
    parser.add_argument(
        "--force",
        "--force-fast",
        action="store_true",
        help="with --old-versions: remove even what other rocks need",
    )


def run(options: argparse.Namespace) -> int:
    """Purge the tree; return 0 also if it has nothing to remove or the user declined."""
    from distrorocks.install.purge import purge_rocks
    from distrorocks.install.remove import dependent_text

    if not options.tree:
        raise UsageError("no tree given", hint="purge takes no default tree: name it with --tree")
    done = purge_rocks(
        site_request_of(options),
        only_old=options.old_versions,
        is_forced=options.force,
        consent=lambda found: _agreed(options, found),
        progress=print_notice,
    )
    found, target = done.purge, done.purge.removal.target
    if done.is_done:
        rocks = ", ".join(f"{name} {version}" for name, version in found.doomed)
        print_line(f"removed from {target}: {rocks}")
    for each in found.spared:
        print_message(f"kept: {dependent_text(each)}")
    if not found.doomed:
        print_message(f"nothing to remove from {target}")
    return DONE


def _agreed(options: argparse.Namespace, found: Purge) -> bool:
    """Print what would be removed, and return whether to remove it."""
    from distrorocks.install.remove import dependent_text

    for text in found.warnings:
        warn(text)
    for each in found.removal.rocks:
        print_line(f"remove  {each}  {each.place}")
    for name, version in found.others:
        print_line(f"remove  {name} {version}  {found.removal.target}  (not readable as a rock)")
    for one in found.removal.dependents:
        warn(f"{dependent_text(one)}, which will be unsatisfied")
    count = len(found.doomed)
    return agreed(
        options,
        f"remove {count} rock{'s' if count > 1 else ''} from {found.removal.target}?",
        is_harmful=bool(found.removal.dependents),
    )
