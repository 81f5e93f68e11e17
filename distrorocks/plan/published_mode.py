"""The mode in which a root's rocks were published, read from the ledger alone."""

from __future__ import annotations

from hashlib import md5

from distrorocks.lua.write import persist
from distrorocks.plan.metadata import COMPLETE, MINIMAL, PROTECTED
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.trees.ledger import Ledger

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
