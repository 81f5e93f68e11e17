"""``distrorocks rpm-relations``: capabilities for rpm's dependency generators and macros."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator

from distrorocks.cli.arguments import lua_version
from distrorocks.cli.report import print_line
from distrorocks.errors import UsageError
from distrorocks.exit_status import DONE
from distrorocks.families.rpm.versions import LUA_CAPABILITIES, provides, requires, rocks_required
from distrorocks.patterns import regex
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.rocks.rockspec import Rockspec
    from distrorocks.system.lua.jail import Jail

_STAGED = regex(r".*/luarocks/rocks-(5\.[1-9])/([^/]+)/([^/]+)/([^/]+)\.rockspec", re.DOTALL)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument(
        "kind",
        choices=("provides", "requires", "build"),
        help="provides and requires read the paths of staged rockspecs from standard input; "
        "build prints the build dependencies of FILE",
    )
    parser.add_argument("rockspec", nargs="?", metavar="FILE", help="a rockspec, for build")
    parser.add_argument("--lua-version", type=lua_version, help="the Lua version to build for")
    parser.add_argument(
        "--run-time", action="store_true", help="also print the dependencies, for tests"
    )
    parser.add_argument(
        "--distribution",
        choices=tuple(LUA_CAPABILITIES),
        default="fedora",
        help="the distribution whose capability of Lua to require (default: fedora)",
    )


def run(options: argparse.Namespace) -> int:
    """Print one capability per line."""
    from distrorocks.system.lua.jail import Jail

    with Jail() as jail:
        if options.kind == "build":
            _check_build_options(options)
            rockspec = _rockspec(options.rockspec, jail)
            needs = [*rockspec.build_dependencies]
            needs += rockspec.dependencies if options.run_time else ()
            needs = [need for need in needs if need.rock_name != "lua"]
            for line in dict.fromkeys(rocks_required(options.lua_version, needs)):
                print_line(line)
            return DONE
        for version, name, rock, path in _staged():
            if options.kind == "provides":
                lines = provides(version, name, rock)
            else:
                needs = [n for n in _rockspec(path, jail).dependencies if n.rock_name != "lua"]
                lines = requires(version, needs, distribution=options.distribution)
            for line in lines:
                print_line(line)
    return DONE


def _check_build_options(options: argparse.Namespace) -> None:
    if not options.rockspec or not options.lua_version:
        raise UsageError("build requires FILE and --lua-version")


def _rockspec(path: str, jail: Jail) -> Rockspec:
    from distrorocks.rocks.rockspec import Rockspec
    from distrorocks.system.lua.file import ROCKSPEC_LIMIT, read_chunk

    return Rockspec.from_chunk(read_chunk(path, jail=jail, limit=ROCKSPEC_LIMIT))


def _staged() -> Iterator[tuple[str, str, str, str]]:
    """Yield Lua version, rock, version and path of each rockspec on standard input."""
    for line in sys.stdin:
        path = line.rstrip("\n")
        found = _STAGED.fullmatch(path)
        if found and found[4] == f"{found[2]}-{found[3]}":
            yield found[1], found[2], found[3], path
