"""Make the distribution's tree say what the packages have installed: look, decide, act."""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.jobs.survey import Survey, System, survey
from distrorocks.plan.change import Change, Keep
from distrorocks.plan.metadata import COMPLETE
from distrorocks.plan.provide import ProvidedRock
from distrorocks.plan.publish import Publication, publication
from distrorocks.plan.tree_plan import Facts, Rock, TreePlan, by_package, foreign_rocks, tree_plan
from distrorocks.rocks.lua_version import rocks_provided
from distrorocks.rocks.manifest import tree_manifest
from distrorocks.system.digest import Digests
from distrorocks.system.distribution import installed_families
from distrorocks.system.ledger_file import read_ledger, write_ledger
from distrorocks.system.licenses import Licenses
from distrorocks.system.lock import TreeLock
from distrorocks.system.lua_jail import Jail
from distrorocks.system.present import present_digests, present_directories
from distrorocks.system.root_path import RootView
from distrorocks.system.tree_reader import (
    Unread,
    read_contents,
    read_entries,
    read_namespaces,
)
from distrorocks.system.tree_writer import apply_changes
from distrorocks.trees.layout import Layout
from distrorocks.trees.ledger import Ledger

LOCK_SECONDS = 10.0


class Outcome(NamedTuple):
    """What a refresh did, or would do: its changes with reasons, and all that was passed over.

    ``broken`` are rocks of others in the tree that could not be read, with the tree's rocks_dir;
    ``trees`` are those that have rocks of packages now.
    """

    changes: list[Change]
    published: list[ProvidedRock]
    refused: list[tuple[ProvidedRock, str]]
    broken: list[tuple[str, Unread]]
    warnings: list[str]
    trees: list[Layout]


class _Look(NamedTuple):
    """What a decision is made from."""

    survey: Survey
    ledger: Ledger
    view: RootView
    jail: Jail
    owned: set[str]


def refresh(
    system: System,
    *,
    mode: str = COMPLETE,
    dry_run: bool = False,
    lock_seconds: float = LOCK_SECONDS,
) -> Outcome:
    """Bring the rock metadata of a root up to date with its package database.

    Raises ``DistrorocksError`` when it could not be done; then the root is as it was.
    """
    if not installed_families(system.root):
        raise DistrorocksError(
            f"{system.root} has neither a dpkg nor an rpm database",
            hint="name the root of a Debian, Fedora or openSUSE system with --root",
        )
    if dry_run:
        return _decide(system, mode)[1]
    lock = RootView(system.root).host_path("/usr/lockfile.lfs")
    with TreeLock(lock, seconds=lock_seconds):
        decided, outcome = _decide(system, mode)
        _act(system.root, decided)
    return outcome


def _act(root: str, decided: Publication) -> None:
    """Carry the changes out; the ledger knows of each file before it is there."""
    before = read_ledger(root)
    if any(not isinstance(change, Keep) for change in decided.changes):
        write_ledger(root, before.joined(decided.ledger))
        try:
            apply_changes(root, decided.changes)
        except BaseException:
            write_ledger(root, before)
            raise
    write_ledger(root, decided.ledger)


def _decide(system: System, mode: str) -> tuple[Publication, Outcome]:
    """Look, and return the changes together with all that is worth telling."""
    found = survey(system)
    ledger, view, licenses = read_ledger(system.root), RootView(system.root), Licenses(system.root)
    recorded, digests = found.recorded, Digests(view)
    facts = Facts(
        mode,
        digest=lambda path: recorded.get(path) or digests.of(path),
        license=lambda rock: licenses.of(rock.package.name, rock.package.license),
    )
    published = by_package(found.rocks)
    outcome = Outcome([], [], [], [], list(found.warnings), [])
    desired: dict[str, bytes] = {}
    reasons: dict[str, str] = {}
    with Jail() as jail:
        look = _Look(found, ledger, view, jail, found.shipped_metadata)
        for layout in found.layouts.values():
            plan = tree_plan(found.rocks, layout, facts, published)
            _add_tree(look, layout, plan, desired, reasons, outcome)
    if licenses.unread:
        outcome.warnings.append(_unread_licenses(len(licenses.unread)))
    untouched = _of_other_trees(ledger, found)
    decided = publication(
        desired,
        reasons,
        present=present_digests(view, {*desired, *ledger.files}),
        ledger=ledger,
        kept_files=untouched,
        owned=look.owned,
        indexes={layout.manifest for layout in found.layouts.values()},
        existing_directories=present_directories(view, desired),
    )
    outcome.changes.extend(decided.changes)
    return decided, outcome


def _add_tree(
    look: _Look,
    layout: Layout,
    plan: TreePlan,
    desired: dict[str, bytes],
    reasons: dict[str, str],
    outcome: Outcome,
) -> None:
    """Add what one tree should hold to ``desired``, with the reasons."""
    contents = read_contents(look.view, layout.rocks_dir)
    foreign = foreign_rocks(
        [(place.name, place.version) for place in contents.places],
        plan,
        layout,
        ledger=look.ledger,
        present=present_digests(look.view, [p for each in plan.planned for p in each.files]),
        owned=look.owned,
    )
    others = [place for place in contents.places if (place.name, place.version) in foreign]
    read = read_entries(others, jail=look.jail)
    mine = [each for each in plan.planned if each.provided.rock not in foreign]
    for each in mine:
        desired.update(each.files)
        reasons.update(dict.fromkeys(each.files, each.reason))
    outcome.refused.extend(plan.refused)
    outcome.published.extend(each.provided for each in mine)
    outcome.broken.extend((layout.rocks_dir, it) for it in (*contents.unread, *read.unread))
    outcome.changes.extend(_kept(look, layout, foreign))
    entries = [*(each.entry for each in mine), *read.entries]
    is_ours = layout.manifest in look.ledger.files or any(
        layout.rock_manifest(*rock) in look.owned for rock in foreign
    )
    if mine:
        outcome.trees.append(layout)
    if mine or (is_ours and (entries or contents.packed)):
        desired[layout.manifest] = tree_manifest(
            entries,
            provided=rocks_provided(layout.lua_version),
            packed=contents.packed,
            namespaces=read_namespaces(others, entries),
        )
        reasons[layout.manifest] = f"the tree has {len(entries)} rocks"


def _kept(look: _Look, layout: Layout, foreign: set[Rock]) -> list[Change]:
    """Return that the rocks of others stay as they are, and whose they are."""
    return [
        Keep(
            layout.rock_dir(*rock),
            "its package ships its metadata"
            if layout.rock_manifest(*rock) in look.owned
            else "it was not written by distrorocks",
        )
        for rock in sorted(foreign)
    ]


def _of_other_trees(ledger: Ledger, found: Survey) -> set[str]:
    """Return the ledger's files that belong to no Lua version that was asked for."""
    starts = tuple(f"{layout.rocks_dir}/" for layout in found.layouts.values())
    return {path for path in ledger.files if not path.startswith(starts)}


def _unread_licenses(count: int) -> str:
    """Return what is missing without python-debian, and how to have it."""
    return f"python-debian is not installed: the licences of {count} packages are left out"
