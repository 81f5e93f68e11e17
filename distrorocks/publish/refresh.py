"""Publish the rocks of installed packages in the distribution's tree: observe, decide, apply."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from distrorocks.errors import DistrorocksError
from distrorocks.families.known import installed_families, no_database
from distrorocks.publish.decide import decide
from distrorocks.publish.observe import observe
from distrorocks.publish.publication import Publication
from distrorocks.system.files.cache import Cache, fingerprint
from distrorocks.system.files.lock import distro_lock
from distrorocks.system.trees.cache_file import (
    read_cache,
    remove_cache,
    remove_stamp,
    write_cache,
)
from distrorocks.system.trees.ledger_file import ledger_changes, read_ledger, write_ledger
from distrorocks.system.trees.reader import Unread
from distrorocks.system.trees.writer import apply_changes, sweep_left_overs
from distrorocks.trees.change import Change, Keep
from distrorocks.trees.layout import Layout
from distrorocks.trees.ledger import Ledger
from distrorocks.values import NamedTuple
from distrorocks.world.metadata_mode import COMPLETE
from distrorocks.world.provided import ProvidedRock
from distrorocks.world.rock_metadata import Description, RockFacts, describe
from distrorocks.world.survey import System, system_basis


class Outcome(NamedTuple):
    """What a refresh did, or would do.

    ``changes`` have their reasons; ``refused`` are rocks that could not be described, each with the
    reason; ``broken`` are other rocks in a tree that could not be read, with the tree's rocks_dir;
    ``trees`` hold rocks of packages now; ``left`` are warnings about what the next run completes.
    """

    changes: list[Change]
    published: list[ProvidedRock]
    refused: list[tuple[ProvidedRock, str]]
    broken: list[tuple[str, Unread]]
    warnings: list[str]
    trees: list[Layout]
    left: tuple[str, ...] = ()


def refresh(
    system: System,
    *,
    mode: str = COMPLETE,
    dry_run: bool = False,
    is_incremental: bool = False,
    lock_seconds: float | None = None,
) -> Outcome:
    """Bring the rock metadata of a root up to date with its package database.

    An incremental refresh reuses what the last one found for packages whose database entry is the
    same. Any other reads every module, and drops what is kept: a hook would bring back what it
    knows of files that were changed by hand. Raises ``DistrorocksError`` if it cannot be done; the
    root is then unchanged.
    """
    if not installed_families(system.root):
        raise DistrorocksError(
            no_database(system.root),
            hint="name the root of a system of packages with --root",
        )
    if dry_run:
        return _decide(system, read_ledger(system.root), mode, Cache())[1]
    with distro_lock(system.root, seconds=lock_seconds):
        basis = (mode, *system_basis(system))
        before = read_ledger(system.root)
        cache = read_cache(system.root, basis) if is_incremental else Cache()
        cache, (decided, outcome) = _decided(system, before, mode, cache)
        if not is_incremental:
            remove_cache(system.root)
        elif _does_anything(decided):
            remove_stamp(system.root)
        left = _apply(system.root, before, decided)
        if is_incremental and not left:
            write_cache(system.root, basis, cache)
    return outcome._replace(left=tuple(map(unfinished, left)))


def unfinished(fault: str) -> str:
    """Return the warning about a last step that failed."""
    return f"the changes are in place; the next run completes what is left: {fault}"


def _decided(
    system: System, ledger: Ledger, mode: str, cache: Cache
) -> tuple[Cache, tuple[Publication, Outcome]]:
    """Decide; once more without the cache if an answer in it cannot be used."""
    try:
        return cache, _decide(system, ledger, mode, cache)
    except Exception:
        if not cache.has_earlier:
            raise
    remove_cache(system.root)
    cache = Cache()
    return cache, _decide(system, ledger, mode, cache)


def _apply(root: str, before: Ledger, decided: Publication) -> list[str]:
    """Apply the changes; the ledger lists each file before it exists.

    Return what could not be removed or recorded.
    """
    if before.is_unfinished:
        sweep_left_overs(root, before.every_directory)
    if not _does_anything(decided):
        write_ledger(root, decided.ledger)
        return []
    return apply_changes(
        root,
        decided.changes,
        beforehand=ledger_changes(root, before.joined(decided.ledger)),
        afterwards=ledger_changes(root, decided.ledger),
    )


def _does_anything(decided: Publication) -> bool:
    return any(not isinstance(change, Keep) for change in decided.changes)


def _decide(system: System, ledger: Ledger, mode: str, cache: Cache) -> tuple[Publication, Outcome]:
    """Observe, and return the changes together with everything to report."""
    found = observe(system, ledger, cache)
    trees, decided = decide(found, mode, partial(_described, cache))
    outcome = Outcome(
        changes=[*(change for tree in trees for change in tree.kept), *decided.changes],
        published=[rock for tree in trees for rock in tree.published],
        refused=[refused for tree in trees for refused in tree.refused],
        broken=[(tree.layout.rocks_dir, it) for tree in trees for it in tree.unread],
        warnings=list(found.warnings),
        trees=[tree.layout for tree in trees if tree.published],
    )
    return decided, outcome


def _described(
    cache: Cache, rock: ProvidedRock, mode: str, facts: RockFacts, needs: Sequence[str]
) -> Description:
    """Return the description of a rock, the kept one where all that it is made from is the same."""
    again = partial(describe, rock, mode, facts, needs)
    plain = cache.table("rocks").of(
        " ".join((rock.lua_version, *rock.rock)),
        (fingerprint((rock.package.plain, rock.plain, facts)), *needs),
        lambda: again().plain,
    )
    return Description.from_plain(plain, again)
