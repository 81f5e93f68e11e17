"""``distrorocks check``: check that the installed rocks of all trees fit together."""

from __future__ import annotations

import argparse

from distrorocks.cli.arguments import add_json, add_lua_versions, add_root, existing_root
from distrorocks.cli.report import print_hint, print_json, print_line, print_message, warn
from distrorocks.errors import NegativeError
from distrorocks.exit_status import DONE, FAILED, FINDINGS
from distrorocks.trees.deps_mode import DepsMode
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.health.check import Checked, Checks
    from distrorocks.health.coherence import RockFinding


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "rocks", metavar="ROCK", nargs="*", help="limit to these rocks and their dependencies"
    )
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument(
        "--deps-mode",
        choices=[mode.value for mode in DepsMode],
        help="trees that may satisfy dependencies (default: LuaRocks' setting)",
    )
    modes.add_argument("--all-modes", action="store_true", help="check under every deps_mode")
    add_root(parser)
    add_lua_versions(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print each finding with its reason; return 1 if a dependency is unsatisfied.

    Return 3 if the rocks of a tree are unknown: then nobody knows what is missing in it.
    """
    from distrorocks.health.check import check
    from distrorocks.health.coherence import UNSATISFIED
    from distrorocks.world.installed import hint_of_other_lua

    modes = tuple(DepsMode) if options.all_modes else ()
    if options.deps_mode:
        modes = (DepsMode.parse(options.deps_mode),)
    versions = tuple(dict.fromkeys(options.lua_version or ()))
    root = existing_root(options.root)
    checks = check(root, options.rocks, modes=modes, lua_versions=versions)
    findings = [finding for each in checks.versions for finding in each.findings]
    is_unsatisfied = any(finding.kind == UNSATISFIED for finding in findings)
    status = FINDINGS if is_unsatisfied else DONE
    if any(each.unread for each in checks.versions):
        status = FAILED
    if options.json:
        print_json(_as_json(checks))
        return FINDINGS if checks.missing and not status else status
    for text in dict.fromkeys(text for each in checks.versions for text in each.warnings):
        warn(text)
    for each in checks.versions:
        for finding in each.findings:
            _print(each, finding)
    if checks.missing:
        raise NegativeError(
            f"no tree has {', '.join(checks.missing)}",
            hint=hint_of_other_lua(root, checks.missing[0], versions),
        )
    count = len(findings)
    rocks = sum(each.rocks for each in checks.versions)
    summary = "1 finding" if count == 1 else f"{count} findings"
    luas = ", ".join(each.lua_version for each in checks.versions)
    what = f"{rocks} rock{'' if rocks == 1 else 's'}{f' for Lua {luas}' if luas else ''}"
    print_message(f"{what}: {summary if count else 'no findings'}")
    for text, hint in dict.fromkeys(
        (str(it), it.hint) for each in checks.versions for it in each.unread
    ):
        print_message(f"error: the rocks of {text}, are not among them")
        print_hint(hint)
    return status


def _print(checked: Checked, finding: RockFinding) -> None:
    """Print one finding."""
    mode = f", deps_mode {finding.mode}" if finding.mode else ""
    print_line(f"{finding.kind}: {finding.rock} in {finding.rock.layout.root} {finding.summary}")
    print_line(f"   Lua {checked.lua_version}{mode}: {finding.reason}")
    print_line(f"   hint: {finding.hint}")


def _as_json(checks: Checks) -> dict[str, object]:
    """Return the report as JSON."""
    return {
        "lua_versions": [
            {
                "lua_version": each.lua_version,
                "deps_modes": [mode.value for mode in each.modes],
                "rocks": each.rocks,
                "findings": list(map(_finding, each.findings)),
                "warnings": each.warnings,
            }
            for each in checks.versions
        ],
        "missing": checks.missing,
    }


def _finding(finding: RockFinding) -> dict[str, object]:
    """Return one finding for programs; ``deps_mode`` is null where it does not matter."""
    rock = finding.rock
    return {
        "kind": finding.kind,
        "rock": rock.name,
        "version": rock.version.string,
        "namespace": rock.namespace,
        "root": rock.layout.root,
        "told": finding.summary,
        "reason": finding.reason,
        "hint": finding.hint,
        "deps_mode": finding.mode or None,
    }
