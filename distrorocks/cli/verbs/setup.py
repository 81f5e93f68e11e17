"""``distrorocks setup``: publish packaged modules and configure LuaRocks, in one."""

from __future__ import annotations

import argparse
import sys

from distrorocks.cli.arguments import add_system, system_of
from distrorocks.cli.report import print_hint, print_message, warn
from distrorocks.cli.rock_arguments import agreed
from distrorocks.cli.verbs import config_snippet, refresh as refresh_verb
from distrorocks.errors import DistrorocksError
from distrorocks.exit_status import DONE, FAILED
from distrorocks.trees.change import Keep
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.publish.refresh import Outcome
    from distrorocks.world.survey import System


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_system(parser)
    refresh_verb.add_mode(parser)
    parser.add_argument("--yes", action="store_true", help="make the changes without asking")
    parser.add_argument("--dry-run", action="store_true", help="only show the changes")


def run(options: argparse.Namespace) -> int:
    """Show and make the changes of `refresh`, then those of `config-snippet --apply`."""
    if not (options.yes or options.dry_run or sys.stdin.isatty()):
        raise DistrorocksError(
            "there is no terminal to ask at, and nothing was changed",
            hint="pass --yes to make the changes, or --dry-run to see them",
        )
    system = system_of(options)
    outcome = _publish(system, options)
    if outcome is None:
        return DONE
    if not outcome.trees:
        print_message("no installed package provides a rock, so LuaRocks needs no configuration")
        return DONE
    return _configure(system.root, outcome, options)


def _publish(system: System, options: argparse.Namespace) -> Outcome | None:
    """Show the changes of a refresh and make them; return None if the user does not agree."""
    from distrorocks.publish.refresh import refresh

    outcome = refresh(system, mode=options.mode, dry_run=True)
    refresh_verb.print_outcome(outcome, dry_run=True, is_verbose=True)
    if all(isinstance(each, Keep) for each in outcome.changes) or options.dry_run:
        return outcome
    if not agreed(options, "write these files?"):
        return None
    outcome = refresh(system, mode=options.mode)
    refresh_verb.print_outcome(outcome)
    return outcome


def _configure(root: str, outcome: Outcome, options: argparse.Namespace) -> int:
    """Show the edits of LuaRocks' configuration files and make them."""
    from distrorocks.configure.snippet import config_changes
    from distrorocks.luarocks.config_file import DIRECTORY, has_config_directory

    if not has_config_directory(root):
        raise DistrorocksError(
            f"LuaRocks cannot be configured: there is no {DIRECTORY}",
            hint="install the package luarocks, and run `distrorocks setup` again",
        )
    changes = config_changes(root, [each.lua_version for each in outcome.trees])
    edited = [each for each in changes if each.is_change or each.fault]
    config_snippet.print_changes(edited, {it.path: it.fault for it in edited if it.fault})
    if any(each.is_change for each in edited) and not options.dry_run:
        unedited = "LuaRocks' configuration is unchanged"
        if not agreed(options, "edit these files?", declined=unedited):
            return DONE
    faults = config_snippet.applied(root, changes, dry_run=options.dry_run)
    config_snippet.report_end(changes, faults, is_dry_run=options.dry_run)
    if not faults and not options.dry_run:
        _report_sight(root)
    return FAILED if faults else DONE


def _report_sight(root: str) -> None:
    """Say for which Lua versions LuaRocks sees the packaged modules now.

    A user's configuration may set the trees anew, and LuaRocks may fail on a file.
    """
    from distrorocks.cli.first_contact import look_around

    sight = look_around(root)
    lost = [version for version in sight.rocks if version in (*sight.unseen, *sight.failing)]
    if not lost:
        print_message("LuaRocks sees the packaged modules; `distrorocks list` lists them")
        return
    warn(f"something keeps LuaRocks from the packaged modules for Lua {', '.join(lost)}")
    print_hint("`distrorocks doctor` says what, and how to mend it")
