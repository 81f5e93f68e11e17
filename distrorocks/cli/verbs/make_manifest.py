"""``distrorocks make-manifest``: write a manifest like luarocks-admin make-manifest."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator

from distrorocks.cli.arguments import (
    add_json,
    add_lua_versions,
    add_root,
    existing_root,
    usage_checked,
)
from distrorocks.cli.report import print_json, print_line, warn
from distrorocks.errors import DistrorocksError, UsageError
from distrorocks.exit_status import DONE
from distrorocks.patterns import regex
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.trees.layout import Layout, tree_layout
from distrorocks.values import NamedTuple

DEFAULT_TREE = "/usr/local"
_ROCKS_DIR = regex(r".*/rocks-(5\.[1-5])")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments, which are those of luarocks-admin."""
    parser.add_argument(
        "repository",
        nargs="?",
        metavar="REPOSITORY",
        help="directory of a server, or with --local-tree the rocks_dir of a tree",
    )
    parser.add_argument(
        "--local-tree",
        action="store_true",
        help="write the manifest of a tree instead of a server's manifest-5.x files",
    )
    parser.add_argument(
        "--tree", metavar="TREE", help=f"root of the tree (default: {DEFAULT_TREE})"
    )
    parser.add_argument(
        "--deps-mode",
        choices=("one", "order", "all", "none"),
        default="one",
        help="accepted for compatibility; only the tree itself is searched for dependencies",
    )
    parser.add_argument(
        "--url",
        metavar="URL",
        help="address of the server, for the commands on its index.html; it is kept there "
        '("" removes it)',
    )
    add_root(parser)
    add_lua_versions(parser)
    add_json(parser)


class _Report(NamedTuple):
    """The report on one directory: its fields for JSON, and its warnings."""

    fields: dict[str, object]
    warnings: list[str]


def run(options: argparse.Namespace) -> int:
    """Write the manifests; return 0 also if some rocks were skipped."""
    root = existing_root(options.root)
    is_server = not options.local_tree and options.repository
    reports = list(_servers(options, root) if is_server else _trees(options, root))
    if options.json:
        print_json([each.fields for each in reports])
        return DONE
    for text in (text for each in reports for text in each.warnings):
        warn(text)
    return DONE


def _servers(options: argparse.Namespace, root: str) -> Iterator[_Report]:
    """Make the manifests of a server, or of those in it for single Lua versions."""
    from distrorocks.serve.folder.publish import publish, server_directories

    if root != "/":
        raise UsageError(
            "--root cannot be used with a server's directory",
            hint="pass the full path of the directory, or add --local-tree",
        )
    url = address_given(options.url)
    directory = os.path.abspath(options.repository)
    if "/lib/luarocks" in directory:
        warn("this looks like a local rocks tree, but you did not pass --local-tree")
    for each in server_directories(directory):
        _announce(options, each)
        made = publish(each, url=_below(url, directory, each))
        unread = [{"name": name, "version": "", "why": why} for name, why in made.unlisted]
        fields = {"directory": each, "written": made.written, "removed": [], "unread": unread}
        warnings = [f"{each}/{name}: {why}" for name, why in made.unlisted]
        yield _Report({**fields, "recovered": "", "rocks": made.rocks}, warnings)


def _trees(options: argparse.Namespace, root: str) -> Iterator[_Report]:
    """Make the manifests of trees."""
    from distrorocks.serve.make_manifest import make_tree_manifest

    if options.url is not None:
        raise UsageError("--url is for a server's directory", hint="name it, or leave out --url")
    for layout in _layouts(options, root):
        _announce(options, layout.rocks_dir)
        made = make_tree_manifest(layout, root=root)
        fields = {**made._asdict(), "unread": [it._asdict() for it in made.unread]}
        places = ["/".join(filter(None, (it.name, it.version))) for it in made.unread]
        reasons = zip(places, made.unread, strict=True)
        warnings = [f"{made.directory}/{place}: {it.why}" for place, it in reasons]
        yield _Report(fields, [*filter(None, (made.recovered,)), *warnings])


def address_given(text: str | None) -> str | None:
    """Return the address of an option, None if it was not given."""
    from distrorocks.serve.folder.page_address import parse_page_address

    with usage_checked():
        return parse_page_address(text) if text else text


def _below(url: str | None, directory: str, each: str) -> str | None:
    """Return the address of ``each``, which is the directory or a server in it."""
    return f"{url}/{os.path.basename(each)}" if url and each != directory else url


def _announce(options: argparse.Namespace, directory: str) -> None:
    if not options.json:
        print_line(f"Making manifest for {directory}")


def _layouts(options: argparse.Namespace, system: str) -> list[Layout]:
    """Return the selected trees, for each requested Lua version or else for all."""
    root = os.path.abspath(options.tree or DEFAULT_TREE)
    if options.repository:
        rocks_dir = os.path.abspath(options.repository)
        named = _ROCKS_DIR.fullmatch(rocks_dir)
        version = (options.lua_version or [named[1] if named else ""])[0]
        if not version:
            raise UsageError(
                f"cannot tell the Lua version of {rocks_dir}", hint="pass --lua-version"
            )
        above = rocks_dir.removesuffix(f"/lib/luarocks/rocks-{version}")
        is_plain = above != rocks_dir and not options.tree
        tree = above or "/" if is_plain else root
        return [tree_layout(tree, version, rocks_dir=rocks_dir)]
    layouts = [tree_layout(root, version) for version in options.lua_version or LUA_VERSIONS]
    inside = system.rstrip("/")
    there = [
        layout
        for layout in layouts
        if options.lua_version or os.path.isdir(f"{inside}{layout.rocks_dir}")
    ]
    if not there:
        raise DistrorocksError(
            f"Cannot access repository at {root}/lib/luarocks",
            hint="pass the root of a tree with --tree, or a server's directory",
        )
    return there
