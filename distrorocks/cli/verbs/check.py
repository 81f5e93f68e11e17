"""``distrorocks check``: whether the rocks that stand in all trees fit together."""

from __future__ import annotations

import argparse

from distrorocks.cli.arguments import add_json, add_lua_versions, add_root, existing_root
from distrorocks.cli.report import print_json, print_line, print_message, warn
from distrorocks.errors import NegativeError
from distrorocks.exit_status import DONE, FINDINGS
from distrorocks.health.check import Checked, Checks, check
from distrorocks.health.coherence import UNSATISFIED, RockFinding
from distrorocks.trees.deps_mode import DepsMode


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words that follow the verb."""
    parser.add_argument(
        "rocks", metavar="ROCK", nargs="*", help="only these rocks, and all that they need"
    )
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument(
        "--deps-mode",
        choices=[mode.value for mode in DepsMode],
        help="the trees that count for a need (default: as LuaRocks is configured)",
    )
    modes.add_argument("--all-modes", action="store_true", help="check under every deps-mode")
    add_root(parser)
    add_lua_versions(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print each finding with its reason; return 1 when a need is not met."""
    modes = tuple(DepsMode) if options.all_modes else ()
    if options.deps_mode:
        modes = (DepsMode.parse(options.deps_mode),)
    versions = tuple(dict.fromkeys(options.lua_version or ()))
    root = existing_root(options.root)
    checks = check(root, options.rocks, modes=modes, lua_versions=versions)
    flaws = [flaw for each in checks.versions for flaw in each.flaws]
    is_unsatisfied = any(flaw.kind == UNSATISFIED for flaw in flaws)
    if options.json:
        print_json(_as_json(checks))
        return FINDINGS if is_unsatisfied or checks.missing else DONE
    for each in checks.versions:
        for text in each.warnings:
            warn(text)
        for flaw in each.flaws:
            _print(each, flaw)
    if checks.missing:
        raise NegativeError(
            f"no tree has {', '.join(checks.missing)}",
            hint="`distrorocks list` shows the installed rocks",
        )
    count = len(flaws)
    rocks = sum(each.rocks for each in checks.versions)
    told = "1 finding" if count == 1 else f"{count} findings"
    print_message(f"{rocks} rock{'' if rocks == 1 else 's'}: {told if count else 'all is well'}")
    return FINDINGS if is_unsatisfied else DONE


def _print(checked: Checked, flaw: RockFinding) -> None:
    """Print one finding."""
    mode = f", deps_mode {flaw.mode}" if flaw.mode else ""
    print_line(f"{flaw.kind}: {flaw.rock} in {flaw.rock.layout.root} {flaw.told}")
    print_line(f"   Lua {checked.lua_version}{mode}: {flaw.reason}")
    print_line(f"   hint: {flaw.hint}")


def _as_json(checks: Checks) -> dict[str, object]:
    """Return the report for programs."""
    return {
        "lua_versions": [
            {
                "lua_version": each.lua_version,
                "deps_modes": [mode.value for mode in each.modes],
                "rocks": each.rocks,
                "findings": list(map(_finding, each.flaws)),
                "warnings": each.warnings,
            }
            for each in checks.versions
        ],
        "missing": checks.missing,
    }


def _finding(flaw: RockFinding) -> dict[str, object]:
    """Return one finding for programs; ``deps_mode`` is null where it does not matter."""
    rock = flaw.rock
    return {
        "kind": flaw.kind,
        "rock": rock.name,
        "version": rock.version.string,
        "namespace": rock.namespace,
        "root": rock.layout.root,
        "told": flaw.told,
        "reason": flaw.reason,
        "hint": flaw.hint,
        "deps_mode": flaw.mode or None,
    }
