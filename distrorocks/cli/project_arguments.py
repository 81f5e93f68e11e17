"""Arguments of the verbs for authors of rocks, and what they report."""

from __future__ import annotations

import argparse

from distrorocks.cli.report import print_message
from distrorocks.errors import UsageError
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.project.template import Told


def add_told(parser: argparse.ArgumentParser) -> None:
    """Declare what the user says of a rock; the options are those of LuaRocks."""
    for option, metavar, text in (
        ("--license", "LICENSE", "licence, as an SPDX expression (default: that of the files)"),
        ("--summary", "TEXT", "description on one line (default: from the README)"),
        ("--detailed", "TEXT", "longer description (default: the README's first paragraph)"),
        ("--homepage", "URL", "home page (default: that of the repository)"),
        ("--lua-versions", "VERSIONS", "supported Lua versions in order, such as 5.1,5.2,5.3"),
        ("--tag", "TAG", "tag of the repository; the version is taken from it if none is given"),
        ("--lib", "LIBRARIES", "libraries that C files link, with commas between them"),
    ):
        parser.add_argument(option, metavar=metavar, default="", help=text)
    parser.add_argument(
        "--rockspec-format",
        choices=("1.0", "1.1", "3.0", "3.1"),
        default="",
        help="format of the rockspec (default: not named, which is 1.0)",
    )


def told_by(options: argparse.Namespace) -> Told:
    """Return what the arguments of ``add_told`` say."""
    from distrorocks.project.template import Told

    libraries = tuple(options.lib.split(",")) if options.lib else ()
    if not all(each.replace("-", "_").replace("+", "").isidentifier() for each in libraries):
        raise UsageError(f"--lib {options.lib} does not name libraries", hint="such as --lib z,ssl")
    return Told(
        options.license,
        options.summary,
        options.detailed,
        options.homepage,
        options.lua_versions,
        options.rockspec_format,
        options.tag,
        libraries,
    )


def report_gaps(path: str, gaps: tuple[str, ...]) -> None:
    """Print the fields of a rockspec that a person has to fill in."""
    if gaps:
        print_message(f"now edit {path}; it lacks:")
    for gap in gaps:
        print_message(f"  {gap}")
