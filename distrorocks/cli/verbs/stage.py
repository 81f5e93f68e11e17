"""``distrorocks stage``: turn the staged files of a package build into a rock."""

from __future__ import annotations

import argparse
import os

from distrorocks.cli.arguments import add_json, add_lua_versions, working_directory
from distrorocks.cli.report import print_json, print_line
from distrorocks.errors import DistrorocksError, UsageError
from distrorocks.exit_status import DONE
from distrorocks.families.known import FAMILIES
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.rocks.quotation import quoted
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.packaging.build.stage import Staged


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument(
        "destination", metavar="DESTDIR", help="the staging directory with the package's files"
    )
    parser.add_argument(
        "--rockspec",
        metavar="FILE",
        default="",
        help="the rockspec (default: the staged one, if LuaRocks built the rock)",
    )
    parser.add_argument(
        "--rock-version",
        metavar="VERSION",
        default="",
        help="the version and revision of the rock, if not those of the rockspec",
    )
    parser.add_argument(
        "--package-version",
        metavar="VERSION",
        default="",
        help="the version of the package, from which that of the rock is derived",
    )
    parser.add_argument("--family", choices=tuple(FAMILIES), default="deb", help=argparse.SUPPRESS)
    parser.add_argument(
        "--library-dir",
        metavar="DIR",
        default="lib",
        help="directory of libraries below /usr, such as lib64 or lib/x86_64-linux-gnu "
        "(default: lib)",
    )
    parser.add_argument(
        "--documentation",
        metavar="DIR",
        default="",
        help="move documentation there, such as to /usr/share/doc/lua-foo (default: drop it)",
    )
    parser.add_argument(
        "--shared",
        action="store_true",
        help="omit files that differ by architecture, for packages of several architectures",
    )
    parser.add_argument(
        "--link", action="store_true", help="replace equal files of other Lua versions by links"
    )
    parser.add_argument("--package", metavar="NAME", default="", help="the name of the package")
    parser.add_argument(
        "--substvars",
        metavar="FILE",
        default="",
        help="write the relations to this file of substvars",
    )
    add_lua_versions(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Stage the rock, and tell what was done."""
    from distrorocks.packaging.build.stage import Request, stage

    place = os.path.join(working_directory(), options.destination)
    destination = place.rstrip("/")  # links: see stage
    if not os.path.isdir(destination) or os.path.realpath(destination) == "/":
        raise DistrorocksError(
            f"{options.destination} is not a staging directory",
            hint="name the DESTDIR that the package's files were installed into",
        )
    done = stage(
        Request(
            destination,
            options.rockspec,
            options.rock_version,
            tuple(map(str, options.lua_version or LUA_VERSIONS)),
            _library_dir(options.library_dir),
            options.documentation.rstrip("/"),
            options.shared,
            options.link,
            options.package,
            options.package_version,
            family=options.family,
        )
    )
    if options.substvars:
        from distrorocks.families.deb.substvars import add_substvars

        add_substvars(options.substvars, done.relations.substvars())
    if options.json:
        print_json(_as_json(done))
    else:
        name, version = done.rock
        print_line(f"{name} {version}: Lua {', '.join(done.lua_versions)}; {len(done.steps)} steps")
    return DONE


def _library_dir(text: str) -> str:
    """Return the directory of libraries below /usr; it may be given with its whole path."""
    below = text.strip("/").removeprefix("usr/")
    is_elsewhere = text.startswith("/") and not text.startswith("/usr/")
    if is_elsewhere or not {"", ".", ".."}.isdisjoint(below.split("/")):
        raise UsageError(
            f"{quoted(text)} is no directory of libraries below /usr",
            hint="pass it as --library-dir lib64 or --library-dir lib/x86_64-linux-gnu",
        )
    return below


def _as_json(done: Staged) -> dict[str, object]:
    """Return the report as JSON has it."""
    return {
        "rock": done.rock[0],
        "version": done.rock[1],
        "lua_versions": done.lua_versions,
        "steps": [
            {"action": type(step).__name__.lower(), "path": step.path, "reason": step.reason}
            for step in done.steps
        ],
        "relations": done.relations._asdict(),
    }
