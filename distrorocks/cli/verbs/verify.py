"""``distrorocks verify``: trees against their rock_manifests, the packages and the ledger."""

from __future__ import annotations

import argparse
import os

from distrorocks.cli.arguments import add_json, add_system, system_of
from distrorocks.cli.report import print_json, print_line, print_message, warn
from distrorocks.errors import UsageError
from distrorocks.exit_status import DONE, FINDINGS
from distrorocks.health.finding import Finding
from distrorocks.health.verify import Verdict, verify
from distrorocks.publish.refresh import Outcome
from distrorocks.publish.repair import repair, would_change
from distrorocks.trees.change import Keep, verb


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words that follow the verb."""
    add_system(parser)
    parser.add_argument(
        "--tree",
        metavar="TREE",
        default="",
        help="the tree of this name, or with this root (default: the distribution's)",
    )
    parser.add_argument(
        "--repair", action="store_true", help="mend what distrorocks wrote, and only that"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="with --repair: print the changes, do none"
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print each finding with what to do; return 0 when there is none (left), else 1."""
    if options.dry_run and not options.repair:
        raise UsageError(
            "--dry-run means something with --repair only", hint="verify alone changes nothing"
        )
    system, tree, repaired = system_of(options), options.tree, None
    if "/" in tree:
        tree = os.path.abspath(tree)
    if options.repair:
        repaired = repair(system, tree=tree, dry_run=options.dry_run)
    verdict = verify(system, would_change, tree=tree)
    if options.json:
        print_json(_as_json(verdict, repaired, dry_run=options.dry_run))
        return FINDINGS if verdict.findings else DONE
    for text in verdict.warnings:
        warn(text)
    if repaired:
        _print_repair(repaired, dry_run=options.dry_run)
    for finding in verdict.findings:
        print_line(f"{finding.kind}: {finding.place}")
        print_line(f"   expected: {finding.expected}")
        print_line(f"   found: {finding.found}")
        print_line(f"   hint: {finding.hint}")
    rocks = "1 rock" if verdict.rocks == 1 else f"{verdict.rocks} rocks"
    count = len(verdict.findings)
    findings = "1 finding" if count == 1 else f"{count} findings"
    print_message(f"{rocks}: {findings if count else 'all is well'}")
    return FINDINGS if verdict.findings else DONE


def _print_repair(outcome: Outcome, *, dry_run: bool) -> None:
    """Print what was mended, or would be."""
    would = "would " if dry_run else ""
    for change in outcome.changes:
        if not isinstance(change, Keep):
            print_line(f"repair: {would}{verb(change)} {change.path}: {change.reason}")


def _as_json(verdict: Verdict, repaired: Outcome | None, *, dry_run: bool) -> dict[str, object]:
    """Return the report for programs; ``repaired`` is null where no repair was asked for."""
    changes = None
    if repaired:
        changes = [
            {"action": verb(change), "path": change.path, "reason": change.reason}
            for change in repaired.changes
            if not isinstance(change, Keep)
        ]
    return {
        "rocks": verdict.rocks,
        "findings": list(map(_finding, verdict.findings)),
        "repaired": changes,
        "dry_run": dry_run,
        "warnings": verdict.warnings,
    }


def _finding(finding: Finding) -> dict[str, object]:
    """Return one finding for programs."""
    fields = finding._asdict()
    fields["repairable"] = fields.pop("is_ours")
    return fields
