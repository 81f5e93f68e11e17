"""``distrorocks mirror``: bring rocks with all their dependencies into a rocks server's folder."""

from __future__ import annotations

import argparse
from collections import Counter

from distrorocks.cli.arguments import (
    Named,
    add_json,
    add_lua_versions,
    add_root,
    existing_root,
    usage_checked,
    working_directory,
)
from distrorocks.cli.report import print_json, print_line, print_notice, warn
from distrorocks.cli.server_arguments import add_servers, world_request_of
from distrorocks.errors import UsageError
from distrorocks.exit_status import DONE
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.serve.mirror.mirror import Mirrored, MirrorRequest


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "rocks",
        metavar="ROCK",
        nargs="*",
        help="NAME, NAME VERSION, 'NAME >= 1.2' or NAMESPACE/NAME; a .rockspec stands for its "
        "dependencies",
    )
    parser.add_argument(
        "--to",
        metavar="DIR",
        action=Named,
        required=True,
        help="folder of the mirror; what it has already is not fetched again",
    )
    parser.add_argument(
        "--lock",
        metavar="FILE",
        action=Named,
        default="",
        help="mirror exactly the versions that this luarocks.lock pins",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--with-sources",
        dest="which",
        action="store_const",
        const="sources",
        default="usual",
        help="take the sources of every rock",
    )
    which.add_argument(
        "--with-binaries",
        dest="which",
        action="store_const",
        const="binaries",
        default="usual",
        help="take binary rocks that load on this machine, from servers and the rock store, into a "
        "folder for each Lua version; sources where there is none",
    )
    add_servers(parser)
    add_root(parser)
    add_lua_versions(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Mirror the rocks; return 1 if there is no set of rocks that satisfies the request."""
    from distrorocks.resolve.conflict import Conflict
    from distrorocks.serve.mirror.mirror import mirror

    request = _request(options)
    try:
        found = mirror(request, _silent if options.json else print_notice)
    except Conflict as conflict:
        if options.json:
            from distrorocks.cli.plan_report import conflict_json

            print_json(conflict_json(conflict))
            return conflict.exit_status
        for text in conflict.warnings:
            warn(text)
        raise
    if options.json:
        print_json(_as_json(found))
    else:
        _print(found)
    return DONE


def _request(options: argparse.Namespace) -> MirrorRequest:
    """Return the request that the arguments make."""
    from os.path import join, normpath

    from distrorocks.install.request import parse_operands
    from distrorocks.resolve.candidate import Need
    from distrorocks.serve.mirror.closure import Which, read_pins
    from distrorocks.serve.mirror.mirror import MirrorRequest
    from distrorocks.world.rock_store import RockStore, store_directory

    here = working_directory()
    with usage_checked():
        operands = parse_operands(options.rocks)
    if not (operands.dependencies or operands.files or options.lock):
        raise UsageError("no rock given", hint="name rocks, or a luarocks.lock with --lock")
    if operands.variables:
        raise UsageError(
            f"nothing is built here, so {operands.variables[0]} means nothing",
            hint="leave it out; pass it to the installation from the mirror",
        )
    which = Which(options.which)
    return MirrorRequest(
        normpath(join(here, options.to)),
        [Need(each) for each in operands.dependencies],
        world_request_of(options, existing_root(options.root), distro="never"),
        tuple(options.lua_version or ()),
        [join(here, each) for each in operands.files],
        read_pins(join(here, options.lock)) if options.lock else {},
        which,
        RockStore(store_directory()) if which is Which.BINARIES else None,
    )


def _silent(_: str) -> None:
    """Print nothing."""


def _as_json(found: Mirrored) -> dict[str, object]:
    """Return the report as JSON."""
    return {
        "directory": found.directory,
        "lua_versions": list(found.lua_versions),
        "rocks": [{**each._asdict(), "lua_versions": [*each.lua_versions]} for each in found.rocks],
        "written": list(found.written),
        "without_binary": [each._asdict() for each in found.without_binary],
        "warnings": list(found.warnings),
    }


def _print(found: Mirrored) -> None:
    """Print the rocks that are new, what is missing, and a summary."""
    for text in found.warnings:
        warn(text)
    for each in found.without_binary:
        warn(
            f"{each.rock} {each.version} has no binary rock for Lua {each.lua_version}",
            hint=f"`{each.build}` makes one, `{each.add}` adds it",
        )
    for rock in found.rocks:
        if rock.state != "kept":
            print_line(f"{rock.state.capitalize()}: {rock.path}")
    states = Counter(rock.state for rock in found.rocks)
    told = ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none"
    versions = ", ".join(found.lua_versions)
    noun = "rock" if len(found.rocks) == 1 else "rocks"
    print_line(f"{len(found.rocks)} {noun} for Lua {versions} in {found.directory} ({told})")
