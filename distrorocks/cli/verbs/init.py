"""``distrorocks init``: set up the working directory as a project."""

from __future__ import annotations

import argparse
import os
import posixpath

from distrorocks.cli.arguments import Named, add_json, working_directory
from distrorocks.cli.project_arguments import add_told, report_gaps, told_by
from distrorocks.cli.report import print_json, print_line, print_message
from distrorocks.cli.rock_arguments import add_lua, site_request_of
from distrorocks.exit_status import DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments, which are those of LuaRocks."""
    parser.add_argument(
        "name", nargs="?", default="", help="name of the rock (default: that of the directory)"
    )
    parser.add_argument("version", nargs="?", default="", help="version of the rock (default: dev)")
    parser.add_argument(
        "--reset",
        action="store_true",
        help="write the configuration and the wrapper scripts anew if they exist",
    )
    parser.add_argument(
        "--wrapper-dir",
        metavar="DIR",
        action=Named,
        default="",
        help="write the wrapper scripts to this directory (default: the working directory)",
    )
    parser.add_argument(
        "--no-wrapper-scripts", action="store_true", help="write no ./lua and ./luarocks"
    )
    parser.add_argument("--no-gitignore", action="store_true", help="leave .gitignore as it is")
    add_told(parser)
    add_lua(parser)
    parser.set_defaults(tree="", local=False, is_global=False, deps_mode=None, no_project=True)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Set up the project, and report each file."""
    from distrorocks.project.init import initialize
    from distrorocks.project.project_files import Choice

    here = working_directory()
    done = initialize(
        options.name,
        options.version,
        told_by(options),
        site_request_of(options),
        Choice(
            posixpath.normpath(posixpath.join(here, options.wrapper_dir)),
            options.reset,
            not options.no_gitignore,
            not options.no_wrapper_scripts,
        ),
        here=here,
        path=os.environ.get("PATH", ""),
    )
    if options.json:
        print_json(done._asdict())
        return DONE
    print_line(f"Project for Lua {done.lua_version} in {here}")
    for path in done.written:
        print_line(f"Wrote {path}")
    for reason in done.kept:
        print_message(f"kept: {reason}")
    report_gaps(done.rockspec, done.gaps)
    return DONE
