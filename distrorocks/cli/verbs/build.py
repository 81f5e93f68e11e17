"""``distrorocks build``: build the named rocks from their sources, whatever is installed."""

from __future__ import annotations

import argparse

from distrorocks.cli.arguments import usage_checked, working_directory
from distrorocks.cli.build_arguments import add_own_build, build_and_report

_ROCKS = (
    "NAME, NAME VERSION, 'NAME >= 1.2', NAMESPACE/NAME, a .rockspec or a .src.rock file; without "
    "one, the same as make; VAR=VALUE is passed to builds"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_own_build(parser, what=_ROCKS)


def run(options: argparse.Namespace) -> int:
    """Build the rocks, or that of the working directory if none is named."""
    from distrorocks.install.own_rockspec import find_rockspec
    from distrorocks.install.request import parse_operands

    with usage_checked():
        operands = parse_operands(options.rocks)
    if not (operands.dependencies or operands.files):
        here = working_directory()
        operands = operands._replace(files=(find_rockspec(here),))
        return build_and_report(options, operands, folder=here)
    return build_and_report(options, operands)
