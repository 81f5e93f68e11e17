"""``distrorocks make``: build the rock whose sources are in the working directory."""

from __future__ import annotations

import argparse

from distrorocks.cli.arguments import working_directory
from distrorocks.cli.build_arguments import add_own_build, build_and_report
from distrorocks.errors import UsageError
from distrorocks.rocks.quotation import quoted

_ROCKSPEC = (
    "the rockspec (default: the only rock's newest one in ., rockspec, rockspecs or .rockspecs); "
    "VAR=VALUE is passed to builds"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_own_build(parser, what=_ROCKSPEC, metavar="ROCKSPEC")


def run(options: argparse.Namespace) -> int:
    """Build the rock; the working directory is copied, and nothing is written to it."""
    from distrorocks.config.key_path import assigned
    from distrorocks.install.own_rockspec import find_rockspec
    from distrorocks.install.request import RockOperands

    here = working_directory()
    variables = [each for each in options.rocks if assigned(each)]
    files = [each for each in options.rocks if each not in variables]
    if len(files) > 1:
        raise UsageError("make takes one rockspec", hint="run it again for each of them")
    if files and not files[0].endswith("rockspec"):
        raise UsageError(
            f"{quoted(files[0])} is not a rockspec", hint="`distrorocks build` takes rocks"
        )
    operands = RockOperands((), (files[0] if files else find_rockspec(here),), tuple(variables))
    return build_and_report(options, operands, folder=here)
