"""A refresh as the last one was: in the mode that the ledger shows."""

from __future__ import annotations

from hashlib import md5

from distrorocks.errors import DistrorocksError
from distrorocks.lua.write import persist
from distrorocks.publish.metadata import COMPLETE, MINIMAL, PROTECTED
from distrorocks.publish.refresh import Outcome, refresh
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.system.trees.ledger_file import read_ledger
from distrorocks.trees.change import Change
from distrorocks.trees.layout import tree_layout
from distrorocks.trees.ledger import Ledger
from distrorocks.world.survey import System

_EMPTY = md5(persist(RockManifest().to_table())).hexdigest()


def mode_of(ledger: Ledger) -> str:
    """Return the mode of the last refresh, whatever has become of its files since.

    Only complete rock_manifests list files, only minimal rocks have no rockspec. It is
    ``complete`` where the ledger has no rock.
    """
    lists = {md5 for path, md5 in ledger.files.items() if path.endswith("/rock_manifest")}
    if lists != {_EMPTY}:
        return COMPLETE
    has_rockspecs = any(path.endswith(".rockspec") for path in ledger.files)
    return PROTECTED if has_rockspecs else MINIMAL


def would_change(system: System) -> list[Change]:
    """Return what a refresh in the mode of the last one would do; nothing is written.

    Raises as ``refresh`` does.
    """
    mode = mode_of(read_ledger(system.root))
    return refresh(system, mode=mode, dry_run=True).changes


def repair(system: System, *, tree: str = "", dry_run: bool = False) -> Outcome:
    """Refresh the distribution's tree in the mode it has; nothing that is not ours is touched.

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
