"""``distrorocks test``: install what a project's test suite needs, and run it."""

from __future__ import annotations

import argparse
import os

from distrorocks.cli.arguments import working_directory
from distrorocks.cli.build_arguments import add_build, build_choice_of, plan_agreed, progress_of
from distrorocks.cli.report import print_message, warn
from distrorocks.cli.rock_arguments import add_consent, add_request, request_for
from distrorocks.errors import UsageError
from distrorocks.exit_status import DONE, SIGNALLED
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.install.plan import Planned

FORWARDS = True
"""What follows ``--`` is for the suite; ``main`` reads this."""

_WORDS = (
    "the rockspec of the project (default: as for make), then arguments for the suite; those that "
    "begin with a dash go behind --; VAR=VALUE before it is passed to builds"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_request(parser, nargs="*", what=_WORDS, metavar="ARG", pin="")
    add_build(parser)
    parser.add_argument(
        "--prepare", action="store_true", help="only install what the tests need; do not run them"
    )
    parser.add_argument(
        "--test-type",
        metavar="TYPE",
        default="",
        help="type of the suite: busted or command (default: the rockspec's, or as the files say)",
    )
    add_consent(parser)


def run(options: argparse.Namespace) -> int:
    """Run the suite, and return its status; 128 and the number of a signal that ended it."""
    from distrorocks.cli.plan_report import conflict_warned
    from distrorocks.config.key_path import assigned
    from distrorocks.install.own_rockspec import find_rockspec
    from distrorocks.install.request import RockOperands
    from distrorocks.install.suite_run import Tests, prepare_tests, run_tests

    if options.only_deps:
        raise UsageError("test has no rock to leave out", hint="--prepare only installs")
    here = working_directory()
    variables = tuple(each for each in options.rocks if assigned(each))
    given = [each for each in options.rocks if each not in variables]
    words = [*given, *options.forwarded]
    is_named = bool(given) and given[0].endswith("rockspec")
    rockspec = words.pop(0) if is_named else find_rockspec(here)
    options.deps_mode = options.deps_mode or "all"  # as in LuaRocks, whatever is configured
    request = request_for(RockOperands((), variables=variables), options)._replace(
        pins_to=here, is_project=True
    )
    with conflict_warned():
        prepared = prepare_tests(
            Tests(here, rockspec, options.test_type, words),
            request,
            consent=lambda found: _agreed(options, found),
            progress=progress_of(options),
            choice=build_choice_of(options),
        )
    if prepared is None:
        print_message("the tests are not run")
        return DONE
    if options.prepare:
        return DONE
    if os.geteuid() == 0:
        print_message("the tests run as root and in no sandbox: whatever they do is done")
    status = run_tests(prepared, os.environ)
    return status if status >= 0 else SIGNALLED - status


def _agreed(options: argparse.Namespace, found: Planned) -> bool:
    """Return whether to go on; where nothing is missing, nothing is shown or asked."""
    plan = found.plan
    if plan.installs or plan.suggestions or plan.refusals:
        return plan_agreed(options, found)
    for text in found.warnings:
        warn(text)
    return not options.dry_run
