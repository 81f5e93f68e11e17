"""``distrorocks search``: search servers, the distribution and installed trees."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from distrorocks.cli.arguments import add_json, add_lua_versions, add_root, existing_root
from distrorocks.cli.report import (
    print_json,
    print_line,
    print_message,
    print_record,
    print_title,
    warn,
)
from distrorocks.cli.server_arguments import (
    add_distro,
    add_servers,
    report_unreached,
    world_request_of,
)
from distrorocks.errors import UsageError
from distrorocks.exit_status import DONE, FAILED
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.serve.search import DistroHit, Hit, Query, Results


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments, which are those of LuaRocks."""
    parser.add_argument("name", nargs="?", default="", help="part of the rock's name")
    parser.add_argument("version", nargs="?", help="only this version")
    parser.add_argument("--source", action="store_true", help="only rockspecs and source rocks")
    parser.add_argument("--binary", action="store_true", help="only binary and pure Lua rocks")
    parser.add_argument("--all", action="store_true", help="list everything")
    parser.add_argument(
        "--porcelain",
        action="store_true",
        help="print tab-separated fields: rock, version, arch, server; for a package of the "
        "distribution the arch is `distro` and the server is the package's name",
    )
    add_servers(parser)
    add_distro(parser)
    add_root(parser)
    add_lua_versions(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print what is found; return 3 where there are servers and none could be request."""
    from distrorocks.serve.search import Query, search

    if not options.name and not options.all:
        raise UsageError("no search term given", hint="pass part of a name, or --all")
    query = Query("") if options.all else Query(options.name, options.version or None)
    distro = "never" if options.persona else ""  # LuaRocks knows no packages
    request = world_request_of(options, existing_root(options.root), distro=distro)
    versions = dict.fromkeys(options.lua_version or ("",))
    found = [search(query, request._replace(lua_version=version)) for version in versions]
    for text in dict.fromkeys(text for each in found for text in each.warnings):
        if not options.json:
            warn(text)
    if options.json:
        print_json({"results": [_as_json(each) for each in found]})
    for each in found if not options.json else ():
        _print(each, query, options)
        if each.elsewhere:
            print_message(each.elsewhere)
    if all(each.is_whole for each in found):
        return DONE
    return FAILED if options.json else report_unreached()


def _print(found: Results, query: Query, options: argparse.Namespace) -> None:
    """Print the results of one Lua version."""
    from distrorocks.serve.search import PROVIDED

    sources = [] if options.binary else [hit for hit in found.served if hit.is_source]
    built = [] if options.source else [hit for hit in found.served if not hit.is_source]
    only_files = options.source or options.binary
    offered = [] if only_files else found.offered
    # LuaRocks lists what Lua itself provides among the sources, for programs.
    is_left_out = options.binary or (options.source and not options.porcelain)
    installed = [] if is_left_out else found.installed
    if options.persona or options.source:
        installed = [hit for hit in installed if hit.place == PROVIDED]
    if options.porcelain:
        for hit in (*sources, *built, *installed):
            fields = (hit.name, str(hit.version), hit.arch, hit.place, hit.namespace or "")
            print_record("\t".join(fields).rstrip("\t"))
        for offer, _ in offered:
            print_line(f"{offer.rock}\t{offer.version}\tdistro\t{offer.package.name}")
        return
    title = " ".join(filter(None, query))
    print_title(f"{title} - Search results for Lua {found.lua_version}:", "=")
    _section("Rockspecs and source rocks:", sources)
    _section("Binary and pure-Lua rocks:", built)
    _offers(offered)
    _section("Installed rocks:", installed)


def _section(title: str, hits: Sequence[Hit]) -> None:
    """Print hits under a title like LuaRocks; print nothing if there are none."""
    if hits:
        print_title(title)
    last = ""
    for hit in hits:
        name = f"{hit.namespace}/{hit.name}" if hit.namespace else hit.name
        if name != last:
            if last:
                print_line()
            print_line(name)
            last = name
        print_line(f"   {hit.version} ({hit.arch}) - {hit.place}")
    if hits:
        print_line()


def _offers(offered: Sequence[DistroHit]) -> None:
    if offered:
        print_title("Packages of the distribution:")
    last = ""
    for offer, command in offered:
        if offer.rock != last:
            if last:
                print_line()
            print_line(offer.rock)
            last = offer.rock
        caveat = "" if offer.is_sure else f" ({offer.confidence} confidence: {offer.why_not})"
        print_line(f"   {offer.version} - {command}{caveat}")
    if offered:
        print_line()


def _as_json(found: Results) -> dict[str, object]:
    """Return the results of one Lua version as JSON."""
    return {
        "lua_version": found.lua_version,
        "served": [_hit(hit) for hit in found.served],
        "offered": [
            {
                "rock": offer.rock,
                "version": offer.version,
                "package": offer.package.name,
                "package_version": offer.package.version,
                "family": offer.package.family,
                "confidence": offer.confidence,
                "evidence": offer.evidence,
                "sure": offer.is_sure,
                "why_not": offer.why_not,
                "command": command,
            }
            for offer, command in found.offered
        ],
        "installed": [_hit(hit) for hit in found.installed],
        "elsewhere": found.elsewhere,
        "warnings": list(found.warnings),
        "whole": found.is_whole,
    }


def _hit(hit: Hit) -> dict[str, object]:
    return {
        "rock": hit.name,
        "version": str(hit.version),
        "arch": hit.arch,
        "place": hit.place,
        "namespace": hit.namespace,
    }
