"""``distrorocks completion``: print what makes a shell complete command lines."""

from __future__ import annotations

import argparse

from distrorocks.cli.report import print_text
from distrorocks.exit_status import DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "shell",
        metavar="bash|zsh|fish",
        choices=("bash", "zsh", "fish"),
        help="the shell; `. <(distrorocks completion bash)` turns completion on in this bash. The "
        "packages of distrorocks have these scripts installed",
    )


def run(options: argparse.Namespace) -> int:
    """Print the script of a shell."""
    from distrorocks.cli.completion import script

    print_text(script(options.shell).rstrip("\n"))
    return DONE
