"""``distrorocks path``: print the search paths of the trees, as commands for a shell."""

from __future__ import annotations

import argparse
import os

from distrorocks.cli.report import print_exactly
from distrorocks.cli.rock_arguments import add_lua, add_tree, site_request_of
from distrorocks.exit_status import DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments, which are those of LuaRocks."""
    add_tree(parser)
    add_lua(parser)
    parser.set_defaults(deps_mode=None)
    parser.add_argument("--no-bin", action="store_true", help="do not export PATH")
    # LuaRocks 2 exported PATH only with --bin; its successors take it without a meaning.
    parser.add_argument("--bin", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument(
        "--append", action="store_true", help="put the trees behind the paths that are set"
    )
    only = parser.add_mutually_exclusive_group()
    for name, what in (
        ("lr-path", "of Lua modules"),
        ("lr-cpath", "of C modules"),
        ("lr-bin", "of commands"),
    ):
        only.add_argument(
            f"--{name}", action="store_true", help=f"print the trees' path {what}, not a command"
        )


def run(options: argparse.Namespace) -> int:
    """Print the paths."""
    from distrorocks.configure.search_path import exports, search_paths

    paths = search_paths(site_request_of(options), os.environ, is_appended=options.append)
    chosen = (options.lr_path, options.lr_cpath, options.lr_bin)
    for is_chosen, text in zip(chosen, paths.trees, strict=True):
        if is_chosen:
            print_exactly(text)
            return DONE
    for line in exports(paths, os.environ, with_bin=not options.no_bin):
        print_exactly(line)
    return DONE
