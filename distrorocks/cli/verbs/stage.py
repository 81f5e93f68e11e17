"""``distrorocks stage``: make the files that a package build has staged a rock."""

from __future__ import annotations

import argparse
import os

from distrorocks.cli.arguments import add_json, add_lua_versions
from distrorocks.cli.report import print_json, print_line
from distrorocks.errors import DistrorocksError
from distrorocks.exit_status import DONE
from distrorocks.families.known import FAMILIES
from distrorocks.packaging.build.stage import Request, Staged, stage
from distrorocks.rocks.lua_version import LUA_VERSIONS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words that follow the verb."""
    parser.add_argument(
        "destination", metavar="DESTDIR", help="the folder with the package's files, as in the root"
    )
    parser.add_argument(
        "--rockspec",
        metavar="FILE",
        default="",
        help="the rock's rockspec (default: the staged one, where LuaRocks built the rock)",
    )
    parser.add_argument(
        "--rock-version",
        metavar="VERSION",
        default="",
        help="the rock's version with revision, where the package's is not the rockspec's",
    )
    parser.add_argument(
        "--package-version",
        metavar="VERSION",
        default="",
        help="the package's version, from which the rock's follows",
    )
    parser.add_argument("--family", choices=tuple(FAMILIES), default="deb", help=argparse.SUPPRESS)
    parser.add_argument(
        "--library-dir",
        metavar="DIR",
        default="lib",
        help="where the distribution has libraries below /usr: lib64, lib/x86_64-linux-gnu "
        "(default: lib)",
    )
    parser.add_argument(
        "--documentation",
        metavar="DIR",
        default="",
        help="put the rock's documentation there, such as /usr/share/doc/lua-foo; else it goes",
    )
    parser.add_argument(
        "--shared",
        action="store_true",
        help="packages of several architectures are installed at once: leave out what differs",
    )
    parser.add_argument("--link", action="store_true", help="link equal files of other Luas")
    parser.add_argument("--package", metavar="NAME", default="", help="the package's name")
    parser.add_argument(
        "--substvars", metavar="FILE", default="", help="add the relations to dpkg's variables"
    )
    add_lua_versions(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Stage the rock, and tell what was done."""
    destination = os.path.realpath(options.destination)
    if not os.path.isdir(destination) or destination == "/":
        raise DistrorocksError(
            f"{options.destination} is no folder of staged files",
            hint="name the DESTDIR that the package's files were installed into",
        )
    done = stage(
        Request(
            destination,
            options.rockspec,
            options.rock_version,
            tuple(map(str, options.lua_version or LUA_VERSIONS)),
            options.library_dir.strip("/"),
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


def _as_json(done: Staged) -> dict[str, object]:
    """Return the report for programs."""
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
