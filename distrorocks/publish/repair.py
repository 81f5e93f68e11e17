"""Refresh in the mode of the last refresh, which the ledger shows."""

from __future__ import annotations

from distrorocks.errors import DistrorocksError
from distrorocks.lua.write import persist
from distrorocks.md5 import md5
from distrorocks.publish.refresh import Outcome, refresh
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.system.trees.ledger_file import read_ledger
from distrorocks.trees.change import Change
from distrorocks.trees.layout import tree_layout
from distrorocks.trees.ledger import Ledger
from distrorocks.world.metadata_mode import COMPLETE, MINIMAL, PROTECTED
from distrorocks.world.survey import System

_EMPTY = md5(persist(RockManifest().to_table())).hexdigest()


def mode_of(ledger: Ledger) -> str:
    """Return the mode of the last refresh, whatever happened to its files since.

    Only ``complete`` writes rock_manifests that list files, only ``minimal`` writes no rockspecs.
    A ledger without rocks means ``complete``.
    """
    lists = {md5 for path, md5 in ledger.files.items() if path.endswith("/rock_manifest")}
    if lists != {_EMPTY}:
        return COMPLETE
    has_rockspecs = any(path.endswith(".rockspec") for path in ledger.files)
    return PROTECTED if has_rockspecs else MINIMAL


def would_change(system: System) -> list[Change]:
    """Return the changes that a refresh in the last mode would make; write nothing.

    Raises ``DistrorocksError`` as ``refresh`` does.
    """
    mode = mode_of(read_ledger(system.root))
    return refresh(system, mode=mode, dry_run=True).changes


def repair(system: System, *, tree: str = "", dry_run: bool = False) -> Outcome:
    """Refresh the distribution's tree in its mode; change nothing that is not ours.

    Raises ``DistrorocksError`` for any other tree.
    """
    distro = tree_layout("/usr", "5.1", name="distro")
    if tree and tree not in (distro.name, distro.root):
        raise DistrorocksError(
            f"the tree {tree} is not distrorocks' to repair",
            hint="leave --repair out: each finding says what to do",
        )
    mode = mode_of(read_ledger(system.root))
    return refresh(system, mode=mode, dry_run=dry_run)
