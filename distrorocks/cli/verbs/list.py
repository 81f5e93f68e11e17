"""``distrorocks list``: the rocks of all trees, in LuaRocks' format."""

from __future__ import annotations

import argparse

from distrorocks.cli.arguments import Choice, add_json, add_trees, choice_of
from distrorocks.cli.report import (
    print_hint,
    print_json,
    print_line,
    print_message,
    print_record,
    print_title,
    warn,
)
from distrorocks.cli.server_arguments import add_servers, report_unreached, world_request_of
from distrorocks.exit_status import DONE, FAILED
from distrorocks.rocks.name import lower
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.world.installed import Installed, Listed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments, which are those of LuaRocks."""
    parser.add_argument("filter", nargs="?", default="", help="only rocks whose name contains this")
    parser.add_argument("version", nargs="?", help="only this version")
    add_trees(parser)
    parser.add_argument(
        "--porcelain",
        action="store_true",
        help="print tab-separated fields: rock, version, state, rocks directory",
    )
    parser.add_argument(
        "--outdated", action="store_true", help="only rocks for which a server has a newer version"
    )
    add_servers(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print the rocks; return 0 also if there are none."""
    from distrorocks.world.installed import hint_of_other_lua, installed

    choice = choice_of(options)
    if options.outdated:
        return _run_outdated(options, choice)
    found = installed(choice.root, choice.lua_versions, tree=choice.tree)
    if options.json:
        print_json(
            {
                "rocks": [_as_json(each, row) for each in found for row in _rows(each, options)],
                "warnings": [text for each in found for text in each.warnings],
            }
        )
        return DONE
    for text in dict.fromkeys(text for each in found for text in each.warnings):
        warn(text)
    warn_of_unlisted(found)
    rows = [(each, _rows(each, options)) for each in found]
    for each, of_each in rows:
        if of_each or choice.lua_versions:
            _print(each, of_each, options)
    if not any(of_each for _, of_each in rows):
        luas = f" for Lua {', '.join(choice.lua_versions)}" if choice.lua_versions else ""
        print_message(f"{'no rock matches' if options.filter else 'no rocks installed'}{luas}")
        if options.filter and choice.lua_versions:
            name = lower(options.filter)
            hint = hint_of_other_lua(choice.root, name, choice.lua_versions, tree=choice.tree)
            print_hint(hint)
    return DONE


def _run_outdated(options: argparse.Namespace, choice: Choice) -> int:
    """Print, in LuaRocks' format, the rocks that a server has newer than any tree."""
    from distrorocks.serve.outdated import outdated  # imports the HTTP client

    request = world_request_of(options, choice.root, distro="never")
    found = outdated(
        request, choice.lua_versions, tree=choice.tree, part=options.filter, is_merged=True
    )
    rows = [(each, rock, rock.served) for each in found for rock in each.rocks if rock.served]
    warnings = dict.fromkeys(text for each in found for text in each.warnings)
    status = DONE if all(each.is_whole for each in found) else FAILED
    if options.json:
        table = [
            {
                "rock": rock.name,
                "lua_version": each.lua_version,
                "installed": str(rock.installed),
                "available": str(served.version),
                "server": served.place,
            }
            for each, rock, served in rows
        ]
        print_json({"outdated": table, "warnings": list(warnings)})
        return status
    for text in warnings:
        warn(text)
    last = ""
    for each, rock, served in rows:
        if options.porcelain:
            print_record(f"{rock.name}\t{rock.installed}\t{served.version}\t{served.place}")
            continue
        if each.lua_version != last:
            last = each.lua_version
            title = f"Outdated rocks for Lua {last}:"
            print_title(title)
        for line in (rock.name, f"   {rock.installed} < {served.version} at {served.place}", ""):
            print_line(line)
    if status:
        return report_unreached()
    if not rows:
        print_message("no rock is outdated")
    return DONE


def warn_of_unlisted(found: list[Installed]) -> None:
    """Warn of trees that LuaRocks' configuration does not list."""
    unlisted: dict[tuple[str, str], list[str]] = {}
    for each in found:
        hint = "run `distrorocks config-snippet` for the lines to add"
        if each.configuration.faults:
            hint = "fix the faulty configuration file first"
        for root in each.unlisted:
            unlisted.setdefault((root, hint), []).append(each.lua_version)
    for (root, hint), versions in unlisted.items():
        warn(
            f"LuaRocks does not see the rocks in {root} (Lua {', '.join(versions)}): "
            "its rocks_trees do not list it",
            hint=hint,
        )


def _rows(found: Installed, options: argparse.Namespace) -> list[Listed]:
    from distrorocks.world.installed import listed

    return listed(found, options.filter, options.version or None)


def _print(found: Installed, rows: list[Listed], options: argparse.Namespace) -> None:
    """Print one Lua version's rocks."""
    if options.porcelain:
        for rock, tree in rows:
            print_record(f"{rock.name}\t{rock.version}\t{rock.arch}\t{tree.layout.rocks_dir}")
        return
    title = f"Rocks installed for Lua {found.lua_version}"
    if options.tree and found.trees:
        title += f" in {found.trees[0].layout.root}"
    print_title(title)
    for number, (rock, tree) in enumerate(rows):
        if not number or rows[number - 1].rock.name != rock.name:
            print_line(rock.name)
        print_line(f"   {rock.version} ({rock.arch}) - {tree.layout.rocks_dir}")
        if number + 1 == len(rows) or rows[number + 1].rock.name != rock.name:
            print_line()


def _as_json(found: Installed, row: Listed) -> dict[str, object]:
    """Return one rock as JSON."""
    rock, tree = row
    return {
        "rock": rock.name,
        "version": rock.version,
        "state": rock.arch,
        "lua_version": found.lua_version,
        "tree": tree.layout.name,
        "root": tree.layout.root,
        "rocks_dir": tree.layout.rocks_dir,
        "listed": tree.is_listed,
    }
