"""``distrorocks lua-versions``: print the Lua versions that a rockspec supports."""

from __future__ import annotations

import argparse

from distrorocks.cli.arguments import add_json, add_lua_versions
from distrorocks.cli.report import print_json, print_line
from distrorocks.exit_status import DONE, FINDINGS
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.rocks.version import Version


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument("rockspec", metavar="FILE", help="a rockspec")
    add_lua_versions(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print the versions on one line; return 1 if there are none."""
    from distrorocks.rocks.rockspec import Rockspec
    from distrorocks.system.lua.file import ROCKSPEC_LIMIT, read_chunk
    from distrorocks.system.lua.jail import Jail

    with Jail() as jail:
        chunk = read_chunk(options.rockspec, jail=jail, limit=ROCKSPEC_LIMIT)
    needs = [each for each in Rockspec.from_chunk(chunk).dependencies if each.rock_name == "lua"]
    fitting = [
        str(version)
        for version in dict.fromkeys(options.lua_version or LUA_VERSIONS)
        if all(need.satisfied_by(Version.parse(version)) for need in needs)
    ]
    if options.json:
        print_json(fitting)
    elif fitting:
        print_line(" ".join(fitting))
    return DONE if fitting else FINDINGS
