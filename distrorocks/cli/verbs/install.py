"""``distrorocks install``: plan, then install every rock of the plan or none."""

from __future__ import annotations

import argparse
import os

from distrorocks.cli.arguments import working_directory
from distrorocks.cli.build_arguments import (
    add_build,
    build_choice_of,
    plan_agreed,
    progress_of,
    report_installation,
)
from distrorocks.cli.report import print_line, print_message
from distrorocks.cli.rock_arguments import add_consent, add_request, request_of, site_request_of
from distrorocks.errors import UsageError
from distrorocks.exit_status import DONE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_request(parser, nargs="*")
    add_build(parser)
    add_consent(parser)
    parser.add_argument(
        "--recover",
        action="store_true",
        help="complete or undo what a killed run began (the next install does so by itself)",
    )


def run(options: argparse.Namespace) -> int:
    """Install; return 0 also if there was nothing to do."""
    from distrorocks.cli.plan_report import conflict_warned
    from distrorocks.install.install import install_rocks
    from distrorocks.luarocks.pins_file import NAME

    if options.recover:
        return _recover(options)
    if not options.rocks:
        raise UsageError("no rock given", hint="see `distrorocks install --help`")
    lock_file = f"{working_directory()}/{NAME}" if options.pin else ""
    is_new = lock_file and not os.path.lexists(lock_file)
    with conflict_warned():
        done = install_rocks(
            request_of(options),
            consent=lambda found: plan_agreed(options, found),
            progress=progress_of(options),
            choice=build_choice_of(options),
            pins_file=lock_file if is_new else "",
        )
    report_installation(done, as_luarocks=bool(options.persona))
    return DONE


def _recover(options: argparse.Namespace) -> int:
    """Complete or undo what killed runs began: for the named Lua version, else for all."""
    from distrorocks.install.deploy.deploy import recover
    from distrorocks.rocks.lua_version import LUA_VERSIONS
    from distrorocks.system.lua.jail import Jail
    from distrorocks.system.trees.journal import left_journal
    from distrorocks.world.site import site

    request = site_request_of(options)
    with Jail() as jail:
        first = site(request, jail).installed.lua_version
        versions = [first] if request.lua_version else dict.fromkeys((first, *LUA_VERSIONS))
        sites = (site(request._replace(lua_version=version), jail) for version in versions)
        layouts = [each.target_tree.layout for each in sites]
    is_found = False
    for layout in layouts:
        if not left_journal(layout) and layout.lua_version != first:
            continue
        if recovery := recover(layout):
            is_found = True
            what = "completed" if recovery.is_completed else "undone"
            print_line(f"the killed run in {layout.root} for Lua {layout.lua_version} is {what}")
            for note in recovery.notes:
                print_message(note)
            if recovery.notes:
                words = f"--tree={layout.root} --lua-version={layout.lua_version}"
                print_message(f"hint: `distrorocks verify {words}` shows what needs mending")
    if not is_found:
        root, names = layouts[0].root, ", ".join(versions)
        print_message(f"no interrupted run to recover in {root} for Lua {names}")
    return DONE
