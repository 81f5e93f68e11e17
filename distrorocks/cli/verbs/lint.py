"""``distrorocks lint FILE...``: check that LuaRocks accepts rockspecs, and suggest fixes."""

from __future__ import annotations

import argparse

from distrorocks.cli.report import print_json, print_line
from distrorocks.exit_status import DONE, FAILED, FINDINGS
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.packaging.lint import Report
    from distrorocks.rocks.rockspec_fault import Fault


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the verb."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="a rockspec")
    parser.add_argument(
        "--strict",
        action="store_true",
        help="exit with status 1 on warnings too, not only on faults",
    )
    parser.add_argument("--json", action="store_true", help="print the reports as JSON")


def run(options: argparse.Namespace) -> int:
    """Report on each file; return 0 if ``luarocks lint`` would accept all.

    Otherwise return 1, or 3 if a file cannot be read.
    """
    from distrorocks.packaging.lint import lint
    from distrorocks.system.lua.jail import Jail

    with Jail() as jail:
        reports = [lint(path, jail=jail) for path in options.files]
    if options.json:
        print_json([_as_json(report) for report in reports])
    else:
        for report in reports:
            for line in _lines(report):
                print_line(line)
    if not all(report.is_read for report in reports):
        return FAILED
    is_refused = any(report.faults or (options.strict and report.warnings) for report in reports)
    return FINDINGS if is_refused else DONE


def _lines(report: Report) -> list[str]:
    """Return the lines of a report: each fault with its place, indented, and its hint below."""
    lines = []
    for word, faults in (("error", report.faults), ("warning", report.warnings)):
        for fault in faults:
            first, *more = f"{report.path}: {word}: {fault}".split("\n")
            lines += [first, *(f"  {each}" for each in more)]
            if fault.fix:
                lines.append(f"hint: {fault.fix}")
    return lines


def _as_json(report: Report) -> dict[str, object]:
    return {
        "file": report.path,
        "ok": not report.faults,
        "faults": [_fault_as_json(fault) for fault in report.faults],
        "warnings": [_fault_as_json(fault) for fault in report.warnings],
    }


def _fault_as_json(fault: Fault) -> dict[str, str]:
    """Return the fields of a fault that are not empty."""
    return {name: text for name, text in fault._asdict().items() if text}
