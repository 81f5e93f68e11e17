"""``distrorocks verify``: check trees against rock_manifests, packages and the ledger."""

from __future__ import annotations

import argparse
import os

from distrorocks.cli.arguments import add_json, add_system, system_of
from distrorocks.cli.report import print_json, print_line, print_message, warn
from distrorocks.errors import UsageError
from distrorocks.exit_status import DONE, FINDINGS
from distrorocks.trees.change import Keep, verb
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.health.finding import Finding
    from distrorocks.health.verify import VerifyReport
    from distrorocks.publish.refresh import Outcome


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_system(parser)
    parser.add_argument(
        "--tree",
        metavar="TREE",
        default="",
        help="tree to check, by name or root (default: the distribution's)",
    )
    parser.add_argument(
        "--repair", action="store_true", help="repair only files that distrorocks wrote"
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="with --repair: print the changes, without making them",
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print each finding with its fix; return 1 if any remain."""
    from distrorocks.health.verify import verify
    from distrorocks.publish.repair import repair, would_change

    if options.dry_run and not options.repair:
        raise UsageError(
            "--dry-run requires --repair", hint="verify without --repair changes nothing"
        )
    system, tree, repaired = system_of(options), options.tree, None
    if "/" in tree:
        tree = os.path.abspath(tree)
    if options.repair:
        repaired = repair(system, tree=tree, dry_run=options.dry_run)
    report = verify(system, would_change, tree=tree)
    if options.json:
        print_json(_as_json(report, repaired, dry_run=options.dry_run))
        return FINDINGS if report.findings else DONE
    for text in report.warnings:
        warn(text)
    if repaired:
        _print_repair(repaired, dry_run=options.dry_run)
    for finding in report.findings:
        print_line(f"{finding.kind}: {finding.place}")
        print_line(f"   expected: {finding.expected}")
        print_line(f"   found: {finding.found}")
        print_line(f"   hint: {finding.hint}")
    rocks = "1 rock" if report.rocks == 1 else f"{report.rocks} rocks"
    count = len(report.findings)
    findings = "1 finding" if count == 1 else f"{count} findings"
    print_message(f"{rocks}: {findings if count else 'no findings'}")
    return FINDINGS if report.findings else DONE


def _print_repair(outcome: Outcome, *, dry_run: bool) -> None:
    """Print the repairs, made or planned."""
    would = "would " if dry_run else ""
    for change in outcome.changes:
        if not isinstance(change, Keep):
            print_line(f"repair: {would}{verb(change)} {change.path}: {change.reason}")


def _as_json(report: VerifyReport, repaired: Outcome | None, *, dry_run: bool) -> dict[str, object]:
    """Return the report for programs; ``repaired`` is null without ``--repair``."""
    changes = None
    if repaired:
        changes = [
            {"action": verb(change), "path": change.path, "reason": change.reason}
            for change in repaired.changes
            if not isinstance(change, Keep)
        ]
    return {
        "rocks": report.rocks,
        "findings": list(map(_finding, report.findings)),
        "repaired": changes,
        "dry_run": dry_run,
        "warnings": report.warnings,
    }


def _finding(finding: Finding) -> dict[str, object]:
    """Return one finding as JSON."""
    fields = finding._asdict()
    fields["repairable"] = fields.pop("is_ours")
    return fields
