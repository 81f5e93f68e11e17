"""Make the distribution's tree say what the packages have installed: look, decide, act."""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.families.deb.copyright_file import Licenses
from distrorocks.families.distribution import installed_families
from distrorocks.publish.metadata import COMPLETE
from distrorocks.publish.publication import Publication, publication
from distrorocks.publish.settled_tree import Ownership, SettledTree, settled_tree
from distrorocks.publish.tree_plan import Facts, TreePlan, by_package, tree_plan
from distrorocks.system.files.cache import Cache
from distrorocks.system.files.digest import Digests
from distrorocks.system.files.lock import WAIT_SECONDS, distro_lock
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.system.trees.cache_file import read_cache, remove_cache, write_cache
from distrorocks.system.trees.ledger_file import ledger_changes, read_ledger, write_ledger
from distrorocks.system.trees.present import present_digests, present_directories
from distrorocks.system.trees.reader import Unread
from distrorocks.system.trees.shipped_rockspec import shipped_needs
from distrorocks.system.trees.writer import apply_changes, sweep_left_overs
from distrorocks.trees.change import Change, Keep
from distrorocks.trees.layout import Layout
from distrorocks.trees.ledger import Ledger
from distrorocks.world.provided import ProvidedRock
from distrorocks.world.survey import Survey, System, survey, system_basis


class Outcome(NamedTuple):
    """What a refresh did, or would do: its changes with reasons, and all that was passed over.

    ``broken`` are rocks of others in the tree that could not be read, with the tree's rocks_dir;
    ``trees`` are those that have rocks of packages now; ``left`` is what the next run has to do.
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
    lock_seconds: float = WAIT_SECONDS,
) -> Outcome:
    """Bring the rock metadata of a root up to date with its package database.

    An incremental one takes the word of the last one for packages of which the database says the
    same; any other looks at every module. Raises ``DistrorocksError`` when it could not be done;
    then the root is as it was.
    """
    if not installed_families(system.root):
        raise DistrorocksError(
            f"{system.root} has neither a dpkg nor an rpm database",
            hint="name the root of a Debian, Fedora or openSUSE system with --root",
        )
    if dry_run:
        return _decide(system, read_ledger(system.root), mode, Cache())[1]
    with distro_lock(system.root, seconds=lock_seconds):
        basis = (mode, *system_basis(system))
        before = read_ledger(system.root)
        cache = read_cache(system.root, basis) if is_incremental else Cache()
        cache, (decided, outcome) = _decided(system, before, mode, cache)
        if _does_anything(decided):
            remove_cache(system.root)
        left = _act(system.root, before, decided)
        if is_incremental and not left:
            write_cache(system.root, basis, cache)
    return outcome._replace(left=tuple(map(unfinished, left)))


def unfinished(fault: str) -> str:
    """Return the warning for what the next run has to do."""
    return f"all is done but for the end, which the next run makes up for: {fault}"


def _decided(
    system: System, ledger: Ledger, mode: str, cache: Cache
) -> tuple[Cache, tuple[Publication, Outcome]]:
    """Decide, without the cache if it has an answer that nothing can be made of."""
    try:
        return cache, _decide(system, ledger, mode, cache)
    except Exception:
        if not cache.has_earlier:
            raise
    remove_cache(system.root)
    cache = Cache()
    return cache, _decide(system, ledger, mode, cache)


def _act(root: str, before: Ledger, decided: Publication) -> list[str]:
    """Carry the changes out; the ledger knows of each file before it is there.

    Returns what is left to clear away or to record.
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
    """Look, and return the changes together with all that is worth telling."""
    found = survey(system, cache)
    licenses = Licenses(system.root, cache)
    whose = Ownership(RootView(system.root), ledger, found.shipped_metadata, cache)
    plans = _plans(found, mode, whose.view, licenses, cache)
    with Jail() as jail:
        trees = [settled_tree(whose, layout, plan, jail=jail) for layout, plan in plans]
    decided = _publication(whose, trees)
    outcome = Outcome(
        changes=[*(change for tree in trees for change in tree.kept), *decided.changes],
        published=[rock for tree in trees for rock in tree.published],
        refused=[refused for _, plan in plans for refused in plan.refused],
        broken=[(tree.layout.rocks_dir, it) for tree in trees for it in tree.unread],
        warnings=[*found.warnings, *licenses.warnings],
        trees=[tree.layout for tree in trees if tree.published],
    )
    return decided, outcome


def _plans(
    found: Survey, mode: str, view: RootView, licenses: Licenses, cache: Cache
) -> list[tuple[Layout, TreePlan]]:
    """Return the metadata of the packages' rocks, tree by tree."""
    recorded, digests = found.recorded, Digests(view, cache)
    facts = Facts(
        mode,
        digest=lambda path: recorded.get(path) or digests.of(path),
        license=lambda rock: licenses.of(rock.package.name, rock.package.license),
        needs=lambda rock: shipped_needs(view, rock.shipped.values()),
    )
    published = by_package(found.rocks)
    return [
        (layout, tree_plan(found.rocks, layout, facts, published, cache))
        for layout in found.layouts.values()
    ]


def _publication(whose: Ownership, trees: list[SettledTree]) -> Publication:
    """Return the changes that make the root hold what the trees should."""
    desired = {path: text for tree in trees for path, text in tree.files.items()}
    indexes = {tree.layout.manifest for tree in trees}
    looked_at = desired.keys() - indexes  # when their tree was settled
    present = present_digests(whose.view, {*desired, *whose.ledger.files} - looked_at, whose.cache)
    for tree in trees:
        present.update((path, tree.present[path]) for path in tree.present.keys() & looked_at)
    starts = tuple(f"{tree.layout.rocks_dir}/" for tree in trees)
    return publication(
        desired,
        {path: reason for tree in trees for path, reason in tree.reasons.items()},
        present=present,
        ledger=whose.ledger,
        kept_files={path for path in whose.ledger.files if not path.startswith(starts)},
        owned=whose.owned,
        indexes=indexes,
        existing_directories=present_directories(whose.view, desired) - _completed(trees),
    )


def _completed(trees: list[SettledTree]) -> set[str]:
    """Return the directories of packages that our rock_manifests outlive: ours to remove then."""
    directories = {
        tree.layout.rock_dir(*rock.rock)
        for tree in trees
        for rock in tree.published
        if rock.shipped
    }
    return directories | {path.rpartition("/")[0] for path in directories}
