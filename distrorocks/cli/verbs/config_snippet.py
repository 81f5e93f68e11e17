"""``distrorocks config-snippet``: print or apply what makes LuaRocks see the tree."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from distrorocks.cli.arguments import add_json, add_lua_versions, add_root, existing_root
from distrorocks.cli.report import (
    print_error,
    print_hint,
    print_json,
    print_line,
    print_message,
    print_text,
    warn,
)
from distrorocks.errors import DistrorocksError
from distrorocks.exit_status import DONE, FAILED
from distrorocks.lua.value import to_text
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from distrorocks.configure.snippet import ConfigChange

_CONFFILES = (
    "note: these are configuration files of the package luarocks; the package manager will ask "
    "about the change when it upgrades that package"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_root(parser)
    add_lua_versions(parser)
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--apply", action="store_true", help="show a diff, then edit the files")
    either.add_argument(
        "--remove", action="store_true", help="show a diff, then remove the added lines"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="with --apply or --remove: only show the diff"
    )
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print or apply; edit every file that can be, and return 3 if one could not."""
    from distrorocks.configure.snippet import config_changes

    root = existing_root(options.root)
    versions = tuple(dict.fromkeys(options.lua_version or ()))
    changes = config_changes(root, versions, remove=options.remove)
    is_edit = options.apply or options.remove
    faults = {}
    if options.json:
        if is_edit:
            faults = applied(root, changes, dry_run=options.dry_run)
        print_json([_as_json(change, faults.get(change.path)) for change in changes])
    elif is_edit:
        faults = applied(root, changes, dry_run=options.dry_run)
        print_changes(changes, faults)
        report_end(changes, faults, is_dry_run=options.dry_run, is_removal=options.remove)
    else:
        _print_snippets(changes)
    return FAILED if faults else DONE


def applied(
    root: str, changes: list[ConfigChange], *, dry_run: bool
) -> dict[str, DistrorocksError]:
    """Apply each change, before anything is printed; return the errors by path.

    A reader of the report that stops early cannot leave some of the files unedited.
    """
    from distrorocks.configure.snippet import apply_change

    faults: dict[str, DistrorocksError] = {}
    for change in changes:
        try:
            if change.fault:
                raise change.fault
            if not dry_run:
                apply_change(root, change)
        except DistrorocksError as error:
            faults[change.path] = error
    return faults


def print_changes(changes: list[ConfigChange], faults: dict[str, DistrorocksError]) -> None:
    """Print the difference of each file, and why one could not be edited."""
    for change in changes:
        for note in change.notes:
            warn(f"{change.path}: {note}")
        fault = faults.get(change.path)
        if fault:
            print_error(fault)
            print_hint("run `distrorocks config-snippet` for the lines to add by hand")
            continue
        for line in _difference(change):
            print_line(line)


def report_end(
    changes: list[ConfigChange],
    faults: dict[str, DistrorocksError],
    *,
    is_dry_run: bool,
    is_removal: bool = False,
) -> None:
    """Report what was done in one line."""
    changed = [each.path for each in changes if each.is_change and each.path not in faults]
    unchanged = "no file contains lines of distrorocks" if is_removal else "nothing to change"
    if changed:
        print_message(f"{'would edit' if is_dry_run else 'edited'} {', '.join(changed)}")
        if not is_removal:
            print_message(_CONFFILES)
    elif not faults:
        print_message(unchanged)


def _print_snippets(changes: list[ConfigChange]) -> None:
    """Print the lines to add to each file."""
    for change in changes:
        for note in change.notes:
            warn(f"{change.path}: {note}")
        if change.fault:
            print_error(change.fault, "warning")
            warn(f"keep the trees that {change.path} already lists")
        if change.snippet:
            print_line(f"-- {change.path}")
            print_text(f"{change.snippet}\n")
        else:
            print_line(f"-- {change.path}: nothing to add")
            print_line()
    if any(change.is_change for change in changes):
        print_hint("run `distrorocks config-snippet --apply` to edit the files")


def _difference(change: ConfigChange) -> Iterator[str]:
    """Yield the unified diff of one file, without line ends."""
    from difflib import unified_diff

    if not change.is_change:
        return
    for line in unified_diff(
        _lines(change.before),
        _lines(change.after),
        "/dev/null" if change.before is None else change.path,
        "/dev/null" if change.after is None else change.path,
        lineterm="",
    ):
        shown, mark, _ = line.partition("\0")
        yield shown
        if mark:
            yield "\\ No newline at end of file"


def _lines(text: bytes | None) -> list[str]:
    """Return lines without their ends; a NUL marks an unterminated last line."""
    if not text:
        return []
    *lines, last = to_text(text.replace(b"\0", b"?")).split("\n")
    return [*lines, f"{last}\0"] if last else lines


def _as_json(change: ConfigChange, fault: DistrorocksError | None) -> dict[str, object]:
    """Return one file's report as JSON."""
    error = fault or change.fault
    return {
        "lua_version": change.lua_version,
        "path": change.path,
        "snippet": change.snippet,
        "difference": list(_difference(change)),
        "changes": change.is_change,
        "notes": list(change.notes),
        "error": str(error) if error else None,
    }
