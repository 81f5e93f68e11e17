"""``distrorocks scaffold --recursive``: package a rock and its dependencies."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager

from distrorocks.cli.report import print_json, print_line, print_message, warn
from distrorocks.cli.server_arguments import add_servers, world_request_of
from distrorocks.errors import DistrorocksError
from distrorocks.exit_status import DONE
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:  # the templates' and settings' libraries are imported when a rock is packaged
    from distrorocks.packaging.scaffold.rock_index import FolderIndex, ServerIndex
    from distrorocks.packaging.scaffold.scaffold import Request
    from distrorocks.packaging.scaffold.scaffold_closure import ClosureScaffold
    from distrorocks.system.lua.jail import Jail


def add_closure_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--recursive",
        action="store_true",
        help="also package all dependencies that the distribution lacks, each in a directory below "
        "DIR/FORMAT, and write the build order",
    )
    parser.add_argument(
        "--rocks",
        metavar="DIR",
        default="",
        help="with --recursive: find rocks below this directory, and use no server",
    )
    add_servers(parser)


def run_closure(options: argparse.Namespace, request: Request) -> int:
    """Scaffold a rock and its dependencies, or print their order with --plan."""
    from distrorocks.packaging.scaffold.scaffold_closure import closures, write_closures
    from distrorocks.system.lua.jail import Jail

    with Jail() as jail, _index(options, request, jail) as index:
        found = closures(request, index, jail)
        for text in index.warnings:
            warn(text)
    written = [] if options.plan else write_closures(found, request, is_dry=options.dry_run)
    if options.json:
        print_json({"written": written, "formats": {one.form: one.table for one in found}})
        return DONE
    for one in found:
        _tell(one)
    if not options.plan:
        said = "would be written" if options.dry_run else "written"
        print_message(f"{len(written)} files {said} below {request.directory}")
    return DONE


@contextmanager
def _index(
    options: argparse.Namespace, request: Request, jail: Jail
) -> Iterator[FolderIndex | ServerIndex]:
    """Open the index of the options."""
    from distrorocks.packaging.formats.known import format_at
    from distrorocks.packaging.scaffold.rock_index import FolderIndex, ServerIndex, servers_alone

    if options.rocks:
        if not os.path.isdir(options.rocks):
            raise DistrorocksError(f"{options.rocks} is not a directory")
        yield FolderIndex(options.rocks, jail)
        return
    servers = world_request_of(options, "/", distro="never")
    first = request.formats[0]
    newest = format_at(first, request.release).lua_versions[-1]
    with servers_alone(servers, newest) as world:
        yield ServerIndex(world)


def _tell(one: ClosureScaffold) -> None:
    """Print the order for one format, with cycles and missing rocks."""
    from distrorocks.packaging.scaffold.build_order import outgrown_texts

    print_line(f"[{one.form}]")
    for rock, package in one.packages.items():
        after = ", ".join(one.packages[need] for need in one.closure.edges[rock])
        version = one.closure.rocks[rock].version
        print_line(f"{package}: {rock} {version}" + (f", after {after}" if after else ""))
    for group in one.closure.cycles:
        warn(f"{one.form}: these depend on each other: {', '.join(group)}")
    for text in outgrown_texts(one.closure):
        warn(f"{one.form}: {text}: it is packaged again")
    for gap in one.closure.missing:
        warn(f"{one.form}: not found: {', '.join(gap.needs)}, for {', '.join(gap.by)}")
