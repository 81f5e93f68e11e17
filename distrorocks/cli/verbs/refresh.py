"""``distrorocks refresh``: update the distribution's tree from the package database."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

from distrorocks.cli.arguments import add_json, add_system, system_of
from distrorocks.cli.report import print_hint, print_json, print_line, print_message, warn
from distrorocks.exit_status import DONE
from distrorocks.rocks.quotation import some
from distrorocks.trees.change import Keep, RemoveFile, verb
from distrorocks.values import TYPE_CHECKING
from distrorocks.world.metadata_mode import COMPLETE, MODES

if TYPE_CHECKING:
    from distrorocks.publish.refresh import Outcome
    from distrorocks.world.lost_needs import LostNeed
    from distrorocks.world.survey import System

_MOST_NAMED = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_system(parser)
    add_mode(parser)
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="print the changes with their reasons, without making them",
    )
    parser.add_argument(
        "--remove",
        action="store_true",
        help="remove everything that distrorocks wrote, from all trees",
    )
    parser.add_argument(
        "--hook",
        action="store_true",
        help="run from a package manager's hook: always exit with 0, print at most one line",
    )
    parser.add_argument("--verbose", action="store_true", help="print each change")
    add_json(parser)


def add_mode(parser: argparse.ArgumentParser) -> None:
    """Declare how much is published."""
    parser.add_argument(
        "--mode",
        choices=MODES,
        default=COMPLETE,
        help="complete: full metadata; minimal: only what satisfies dependencies; protected: full "
        "metadata, but `luarocks remove` does not delete package files (default: complete)",
    )


def run(options: argparse.Namespace) -> int:
    """Refresh, and report the changes; return 0 also if some rocks were skipped."""
    if options.hook:
        return _run_as_hook(options)

    system = system_of(options)
    outcome = _work(options, system, None)
    lost = _lost(system, outcome)
    if options.json:
        left = [{"lua_version": each.lua_version, "told": str(each)} for each in lost]
        print_json({**_as_json(outcome, dry_run=options.dry_run), "left_unsatisfied": left})
        return DONE
    print_outcome(
        outcome,
        dry_run=options.dry_run,
        is_removal=options.remove,
        is_verbose=options.dry_run or options.verbose,
    )
    for each in lost:
        warn(f"Lua {each.lua_version}: {each}, which nothing satisfies any more")
    if not options.remove:
        _report_unlisted(system, outcome)
    return DONE


def print_outcome(
    outcome: Outcome, *, dry_run: bool = False, is_removal: bool = False, is_verbose: bool = False
) -> None:
    """Print what a refresh skipped and did, with each change if ``is_verbose``."""
    for text in _problems(outcome):
        warn(text)
    if is_verbose:
        for change in outcome.changes:
            print_line(f"{verb(change)} {change.path}: {change.reason}")
    print_line(_summary(outcome, dry_run=dry_run, is_removal=is_removal))


def _run_as_hook(options: argparse.Namespace) -> int:
    """Refresh from a hook: print a line on a change or failure, and always return 0."""
    from distrorocks.system.processes.standard_streams import flush_or_forget, open_missing_streams

    open_missing_streams()
    from distrorocks.publish.hook import LOCK_SECONDS, attempt

    lost: list[LostNeed] = []
    outcome, fault = attempt(lambda: _work(options, system_of(options), LOCK_SECONDS))
    try:
        if outcome is None:
            warn(f"distrorocks: {fault}")
        elif any(not isinstance(change, Keep) for change in outcome.changes):
            with suppress(Exception):  # the refresh itself is done
                lost = _lost(system_of(options), outcome)
            done = _summary(outcome, dry_run=options.dry_run, is_removal=options.remove)
            print_line(f"distrorocks: {done}{_broken(lost)}")
        for each in outcome.left if outcome else ():
            warn(f"distrorocks: {each}")
    except OSError:
        return DONE
    finally:
        flush_or_forget()
    return DONE


def _work(options: argparse.Namespace, system: System, lock_seconds: float | None) -> Outcome:
    """Refresh or withdraw, as requested."""
    if options.remove:
        from distrorocks.publish.withdraw import withdraw

        return withdraw(system, dry_run=options.dry_run, lock_seconds=lock_seconds)
    from distrorocks.publish.refresh import refresh

    return refresh(
        system,
        mode=options.mode,
        dry_run=options.dry_run,
        is_incremental=options.hook,
        lock_seconds=lock_seconds,
    )


def _lost(system: System, outcome: Outcome) -> list[LostNeed]:
    """Return the dependencies that rocks of other trees lost with the rocks taken back."""
    removed = [each.path for each in outcome.changes if isinstance(each, RemoveFile)]
    if not removed:
        return []
    from distrorocks.world.lost_needs import Gone, gone_rocks, lost_needs

    published = {Gone(each.lua_version, *each.rock) for each in outcome.published}
    return lost_needs(system.root, gone_rocks(removed, published))


def _broken(lost: Sequence[LostNeed]) -> str:
    """Return the end of a hook's line: the rocks that are left without a dependency."""
    if not lost:
        return ""
    names = some([str(each) for each in lost], _MOST_NAMED, "; ")
    return f"; left unsatisfied: {names} (see `distrorocks check`)"


def _report_unlisted(system: System, outcome: Outcome) -> None:
    """Report the Lua versions for which LuaRocks' configuration lacks the tree."""
    from distrorocks.configure.snippet import unseen_trees

    unseen = unseen_trees(system.root, outcome.trees)
    if unseen:
        print_message(
            f"note: LuaRocks is not configured to use this tree for Lua {', '.join(unseen)}"
        )
        print_hint("run `distrorocks config-snippet` for the lines to add")


def _problems(outcome: Outcome) -> list[str]:
    """Return a line for each thing that was skipped."""
    return [
        *outcome.left,
        *outcome.warnings,
        *(f"{rock.package.name} skipped: {why}" for rock, why in outcome.refused),
        *(
            f"{rocks_dir}/{'/'.join(filter(None, (it.name, it.version)))}: {it.why}"
            for rocks_dir, it in outcome.broken
        ),
    ]


def _summary(outcome: Outcome, *, dry_run: bool, is_removal: bool) -> str:
    """Return a one-line summary with counts."""
    rocks = Counter(rock.lua_version for rock in outcome.published)
    trees = ", ".join(f"{count} for Lua {version}" for version, count in sorted(rocks.items()))
    changes = sum(not isinstance(change, Keep) for change in outcome.changes)
    plural = "file or directory" if changes == 1 else "files and directories"
    if is_removal:
        done = "would remove" if dry_run else "removed"
        return f"{done} {changes or 'no'} {plural}"
    done = "would change" if dry_run else "changed"
    return f"published rocks: {trees or 'none'}; {done} {changes or 'no'} {plural}"


def _as_json(outcome: Outcome, *, dry_run: bool) -> dict[str, object]:
    """Return the report as JSON."""
    return {
        "dry_run": dry_run,
        "changes": [
            {"action": verb(change), "path": change.path, "reason": change.reason}
            for change in outcome.changes
        ],
        "published": [
            {
                "rock": rock.rock[0],
                "version": rock.rock[1],
                "lua_version": rock.lua_version,
                "package": rock.package.name,
            }
            for rock in outcome.published
        ],
        "refused": [
            {"package": rock.package.name, "lua_version": rock.lua_version, "reason": why}
            for rock, why in outcome.refused
        ],
        "broken": [
            {"rocks_dir": rocks_dir, **unread._asdict()} for rocks_dir, unread in outcome.broken
        ],
        "warnings": outcome.warnings,
    }
