"""One tree as a refresh would leave it: the rocks of packages, and those of others beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from distrorocks.publish.tree_plan import TreePlan, foreign_rocks
from distrorocks.rocks.lua_version import rocks_provided
from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.manifest_entry import Entry
from distrorocks.system.files.cache import Cache
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.system.trees.present import present_digests
from distrorocks.system.trees.reader import (
    Contents,
    Place,
    Unread,
    read_contents,
    read_entries,
    read_namespaces,
)
from distrorocks.trees.change import Change, Keep
from distrorocks.trees.layout import Layout, Rock
from distrorocks.trees.ledger import Ledger
from distrorocks.world.provided import ProvidedRock


class Ownership(NamedTuple):
    """Whose the files of a root are: ``owned`` by packages, or ours by the ``ledger``.

    ``cache`` knows files that were read before.
    """

    view: RootView
    ledger: Ledger
    owned: set[str]
    cache: Cache


class SettledTree(NamedTuple):
    """What one tree should hold, path to content, and why; ``kept`` is left as it is.

    ``present`` has the MD5 of what stood at the planned paths. ``published`` are the rocks of
    packages among it, ``unread`` the rocks of others that could not be read.
    """

    layout: Layout
    files: Mapping[str, bytes]
    reasons: Mapping[str, str]
    present: Mapping[str, str]
    published: list[ProvidedRock]
    kept: list[Change]
    unread: list[Unread]


def settled_tree(whose: Ownership, layout: Layout, plan: TreePlan, *, jail: Jail) -> SettledTree:
    """Return the tree of ``layout`` as it should be, with its manifest."""
    contents = read_contents(whose.view, layout.rocks_dir)
    present = present_digests(
        whose.view, [p for each in plan.planned for p in each.files], whose.cache
    )
    foreign = foreign_rocks(
        [(place.name, place.version) for place in contents.places],
        plan,
        layout,
        ledger=whose.ledger,
        present=present,
        owned=whose.owned,
    )
    others = [place for place in contents.places if (place.name, place.version) in foreign]
    read = read_entries(others, jail=jail, cache=whose.cache, root=whose.view.root)
    mine = [each for each in plan.planned if each.provided.rock not in foreign]
    files = {path: text for each in mine for path, text in each.files.items()}
    reasons = {path: each.reason for each in mine for path in each.files}
    if mine or _is_ours(whose, layout, foreign, contents, read.entries):
        entries = [*(each.entry for each in mine), *read.entries]
        files[layout.manifest] = _manifest(whose, layout, contents, others, entries)
        reasons[layout.manifest] = f"the tree has {len(entries)} rocks"
    return SettledTree(
        layout,
        files,
        reasons,
        present,
        [each.provided for each in mine],
        _kept(whose, layout, foreign),
        [*contents.unread, *read.unread],
    )


def _is_ours(
    whose: Ownership,
    layout: Layout,
    foreign: set[Rock],
    contents: Contents,
    entries: list[Entry],
) -> bool:
    """Return whether the index of a tree without rocks of ours is ours to make.

    It is where we made it before, and where packages ship rocks that nobody indexes; a tree in
    which somebody else alone has put rocks has an index of its own.
    """
    is_shipped = any(layout.rock_manifest(*rock) in whose.owned for rock in foreign)
    is_known = layout.manifest in whose.ledger.files
    return (is_known or is_shipped) and bool(entries or contents.packed)


def _manifest(
    whose: Ownership,
    layout: Layout,
    contents: Contents,
    others: list[Place],
    entries: list[Entry],
) -> bytes:
    """Return the index of a tree."""
    return tree_manifest(
        entries,
        provided=rocks_provided(layout.lua_version),
        packed=contents.packed,
        namespaces=read_namespaces(others, entries, root=whose.view.root),
    )


def _kept(whose: Ownership, layout: Layout, foreign: set[Rock]) -> list[Change]:
    """Return that the rocks of others stay as they are, and whose they are."""
    return [
        Keep(
            layout.rock_dir(*rock),
            "its package ships its metadata"
            if layout.rock_manifest(*rock) in whose.owned
            else "it was not written by distrorocks",
        )
        for rock in sorted(foreign)
    ]
