"""``distrorocks scaffold --update`` and ``--diff``: work on existing packaging."""

from __future__ import annotations

import argparse
import os

from distrorocks.cli.packaging_input import request_of
from distrorocks.cli.report import print_exactly, print_json, print_line, print_message, warn
from distrorocks.exit_status import DONE, FINDINGS
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:  # the templates' and settings' libraries are imported when there is an update
    from distrorocks.packaging.scaffold.scaffold import Request
    from distrorocks.packaging.scaffold.update import Updated


def add_update_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--update",
        action="store_true",
        help="update the packaging in DIR to INPUT (default: the sources there), keep all edits; "
        "exit status 1 if there are conflicts",
    )
    parser.add_argument(
        "--diff", action="store_true", help="print your edits since it was rendered"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="list what would be written; write nothing"
    )


def run_update(options: argparse.Namespace) -> int:
    """Update the packaging, or print the edits."""
    from distrorocks.packaging.scaffold.update import update
    from distrorocks.system.lua.jail import Jail

    request = request_of(options, tuple(dict.fromkeys(options.format)))
    if options.diff:
        return _diff(request, as_json=options.json)
    with Jail() as jail:
        found = update(request, jail, is_dry=options.dry_run)
    if options.json:
        print_json(
            {
                "directory": request.directory,
                "formats": {one.plan.format: _json(one) for one in found},
            }
        )
    else:
        for one in found:
            _tell(one, options)
    return FINDINGS if any(one.merge.conflicts for one in found) else DONE


def _diff(request: Request, *, as_json: bool) -> int:
    """Print the edits of the packager."""
    from distrorocks.packaging.scaffold.update import edits

    told = edits(request)
    if as_json:
        print_json({"directory": request.directory, "diff": told})
    elif told:
        print_exactly(told.removesuffix("\n"))
    else:
        print_message("no edits since it was rendered")
    return DONE


def _tell(one: Updated, options: argparse.Namespace) -> None:
    """Report the update of one format."""
    for change in one.merge.changes:
        print_line(f"{os.path.join(options.output, change.path)}: {change.reason}")
    for note in one.merge.notes:
        print_message(f"{one.plan.format}: {note}")
    for place in one.merge.conflicts:
        warn(f"{one.plan.format}: conflict: {place}")
    for gap in one.plan.gaps:
        warn(f"{one.plan.format}: {gap.key}: {gap.text}")
    if not one.merge.changes:
        print_message(f"{one.plan.format}: up to date")
        return
    if one.known == one.version:
        print_message(f"{one.plan.format}: {'would be ' if options.dry_run else ''}rendered again")
        return
    would = "would be updated" if options.dry_run else "updated"
    print_message(f"{one.plan.format}: {would} from {one.known} to {one.version}")


def _json(one: Updated) -> dict[str, object]:
    """Return the update of one format as JSON has it."""
    return {
        "from": one.known,
        "to": one.version,
        "changes": [{"path": each.path, "reason": each.reason} for each in one.merge.changes],
        "conflicts": [each._asdict() for each in one.merge.conflicts],
        "notes": [each._asdict() for each in one.merge.notes],
        "gaps": [each._asdict() for each in one.plan.gaps],
    }
