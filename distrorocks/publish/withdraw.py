"""Remove everything that distrorocks wrote into a root: the ledger's files, and the ledger."""

from __future__ import annotations

from distrorocks.families.installed import read_installed
from distrorocks.publish.publication import Publication, publication
from distrorocks.publish.refresh import Outcome, unfinished
from distrorocks.system.files.lock import distro_lock
from distrorocks.system.files.root_path import RootView
from distrorocks.system.trees.cache_file import remove_cache
from distrorocks.system.trees.ledger_file import (
    has_state,
    ledger_changes,
    read_ledger,
    write_ledger,
)
from distrorocks.system.trees.present import present_digests
from distrorocks.system.trees.writer import apply_changes, sweep_left_overs
from distrorocks.world.survey import System, metadata_of

_REASON = "distrorocks wrote it, and takes it back"


def withdraw(
    system: System, *, dry_run: bool = False, lock_seconds: float | None = None
) -> Outcome:
    """Remove exactly the files that a root's ledger lists, for all Lua versions.

    Files that a package owns now are kept. A root without anything of ours is not even locked.
    Raises ``DistrorocksError`` if it cannot be done; the root is then unchanged.
    """
    ledger = read_ledger(system.root)
    if not dry_run:
        remove_cache(system.root)
    if ledger.is_empty and not has_state(system.root):
        return _outcome(Publication([], ledger))
    if dry_run:
        return _outcome(_decide(system))
    with distro_lock(system.root, seconds=lock_seconds):
        decided = _decide(system)
        if ledger.is_unfinished:
            sweep_left_overs(system.root, ledger.every_directory)
        if ledger.is_empty:
            write_ledger(system.root, ledger)  # which clears away what killed runs left
            return _outcome(decided)
        left = apply_changes(
            system.root,
            decided.changes,
            beforehand=ledger_changes(system.root, ledger._replace(is_unfinished=True)),
            afterwards=ledger_changes(system.root, decided.ledger),
        )
    return _outcome(decided)._replace(left=tuple(map(unfinished, left)))


def _decide(system: System) -> Publication:
    """Return the changes that remove everything of ours.

    The names tables are not read: the ledger alone says what to remove.
    """
    ledger = read_ledger(system.root)
    return publication(
        {},
        dict.fromkeys(ledger.files, _REASON),
        present=present_digests(RootView(system.root), ledger.files),
        ledger=ledger,
        owned=metadata_of(read_installed(system.root).packages),
        indexes=(),
        existing_directories=(),
    )


def _outcome(decided: Publication) -> Outcome:
    """Return the changes as the outcome of a refresh."""
    return Outcome(decided.changes, [], [], [], [], [])
