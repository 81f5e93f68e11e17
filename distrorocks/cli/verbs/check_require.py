"""``distrorocks check-require``: check that the modules of a package load."""

from __future__ import annotations

import argparse
import os

from distrorocks.cli.arguments import add_json, add_lua_versions
from distrorocks.cli.report import print_json, print_line, print_message
from distrorocks.errors import DistrorocksError, UsageError
from distrorocks.exit_status import DONE, FINDINGS
from distrorocks.rocks.lua_version import LUA_VERSIONS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument(
        "destination", metavar="DESTDIR", nargs="?", default="", help="a staging directory"
    )
    parser.add_argument(
        "--package",
        metavar="NAME",
        action="append",
        default=[],
        help="check an installed package instead; may be given several times",
    )
    parser.add_argument(
        "--except",
        metavar="MODULE",
        action="extend",
        nargs="+",
        default=[],
        dest="left_out",
        help="modules to skip, which do not load on their own, or commands of a rock without any",
    )
    add_lua_versions(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Require the modules in each installed Lua version; return 1 if one does not load.

    Commands are started where there are no modules.
    """
    from distrorocks.packaging.build.check_require import (
        ONLY_COMMANDS,
        check_require,
        reason_for_none,
    )
    from distrorocks.packaging.build.staged_files import staged_paths

    if not options.destination and not options.package:
        raise UsageError(
            "there is nothing to check", hint="name a staging directory or use --package"
        )
    destination = os.path.realpath(options.destination) if options.destination else ""
    paths = staged_paths(destination) if destination else _installed(options.package)
    done = check_require(
        paths,
        destination=destination,
        lua_versions=tuple(map(str, options.lua_version or LUA_VERSIONS)),
        left_out=options.left_out,
    )
    reason = "" if done else reason_for_none(paths, options.left_out)
    if not done and not reason:
        raise DistrorocksError(
            "there are no modules for an installed Lua version",
            hint="name a staging directory or use --package, and install lua5.x for the modules",
        )
    if reason == ONLY_COMMANDS:
        return _start(paths, destination, options.left_out, as_json=options.json)
    broken = [each for each in done if each.fault]
    no_modules = [each for each in done if each.no_module]
    if options.json:
        print_json([each._asdict() for each in done])
    else:
        for each in broken:
            first, *rest = each.fault.split("\n")
            print_message(f"Lua {each.lua_version}: {each.module} does not load: {first}")
            for line in rest:
                print_message(line)
        for each in no_modules:
            print_line(f"Lua {each.lua_version}: {each.module} is not loaded: {each.no_module}")
        tried = len(done) - len(no_modules)
        loaded = f"{tried - len(broken)} of {tried} modules load"
        print_line(f"{reason}: nothing to load" if reason else loaded)
    return FINDINGS if broken else DONE


def _start(paths: list[str], destination: str, left_out: list[str], *, as_json: bool) -> int:
    """Start the commands of a rock that has nothing else."""
    from distrorocks.packaging.build.check_commands import check_commands

    done = check_commands(paths, destination=destination, left_out=left_out)
    broken = [each for each in done if each.fault]
    if as_json:
        print_json([each._asdict() for each in done])
    else:
        for each in broken:
            print_message(f"{each.command} does not start: {each.fault}")
        print_line(f"{len(done) - len(broken)} of {len(done)} commands start")
    return FINDINGS if broken else DONE


def _installed(packages: list[str]) -> list[str]:
    """Return the Lua files of installed packages."""
    from distrorocks.families.installed import read_installed

    wanted = {name.partition(":")[0] for name in packages}
    found = read_installed("/").packages
    if missing := wanted - {package.name for package in found}:
        raise DistrorocksError(
            f"no installed package {', '.join(sorted(missing))} has Lua modules",
            hint="name a package that is installed",
        )
    return [path for package in found if package.name in wanted for path in package.files]
