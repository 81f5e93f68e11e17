"""``distrorocks outdated``: installed rocks with newer versions available."""

from __future__ import annotations

import argparse

from distrorocks.cli.arguments import add_json, add_trees, choice_of
from distrorocks.cli.report import print_json, print_line, print_message, print_title, warn
from distrorocks.cli.server_arguments import (
    add_distro,
    add_servers,
    report_unreached,
    world_request_of,
)
from distrorocks.exit_status import DONE, FAILED
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.serve.outdated import Available, OutdatedRock, OutdatedRocks


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("filter", nargs="?", default="", help="only rocks whose name contains this")
    add_trees(parser)
    add_servers(parser)
    add_distro(parser)
    parser.add_argument(
        "--porcelain",
        action="store_true",
        help="print tab-separated fields: rock, installed version, newest version on servers, "
        "server, tree, owning package, version in the distribution, its package; - for none",
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print what is outdated; return 3 where there are servers and none could be request."""
    from distrorocks.serve.outdated import outdated

    choice = choice_of(options)
    request = world_request_of(options, choice.root)
    found = outdated(request, choice.lua_versions, tree=choice.tree, part=options.filter)
    status = DONE if all(each.is_whole for each in found) else FAILED
    if options.json:
        print_json(
            {
                "outdated": [_as_json(each, rock) for each in found for rock in each.rocks],
                "warnings": [text for each in found for text in each.warnings],
            }
        )
        return status
    for text in dict.fromkeys(text for each in found for text in each.warnings):
        warn(text)
    for each in found:
        if options.porcelain:
            _print_lines(each)
        elif each.rocks:
            _print(each)
    if status:
        return report_unreached()
    if not any(each.rocks for each in found):
        print_message("no rock is outdated")
    return DONE


def _print(found: OutdatedRocks) -> None:
    title = f"Outdated rocks for Lua {found.lua_version}:"
    print_title(title)
    for rock in found.rocks:
        owner = f" (package {rock.owner})" if rock.owner else ""
        print_line(rock.name)
        print_line(f"   {rock.installed} in {rock.tree}{owner}")
        if rock.served:
            print_line(f"   < {rock.served.version} at {rock.served.place}")
        if rock.offered:
            print_line(f"   < {rock.offered.version} in the distribution: {rock.offered.command}")
        print_line()


def _print_lines(found: OutdatedRocks) -> None:
    for rock in found.rocks:
        fields = (
            rock.name,
            str(rock.installed),
            *_version_and_place(rock.served),
            rock.tree,
            rock.owner or "-",
            *_version_and_place(rock.offered),
        )
        print_line("\t".join(fields))


def _version_and_place(available: Available | None) -> tuple[str, str]:
    return (str(available.version), available.place) if available else ("-", "-")


def _as_json(found: OutdatedRocks, rock: OutdatedRock) -> dict[str, object]:
    """Return one rock as JSON."""
    return {
        "rock": rock.name,
        "lua_version": found.lua_version,
        "installed": str(rock.installed),
        "tree": rock.tree,
        "owner": rock.owner or None,
        "available": str(rock.served.version) if rock.served else None,
        "server": rock.served.place if rock.served else None,
        "offered": str(rock.offered.version) if rock.offered else None,
        "package": rock.offered.place if rock.offered else None,
        "command": rock.offered.command if rock.offered else None,
    }
