"""The ledger on disk: /var/lib/distrorocks/ledger.json of a root."""

from __future__ import annotations

import json
import os

from distrorocks.system.atomic_file import write_atomically
from distrorocks.system.lua_file import MANIFEST_LIMIT, LuaFileError, read_bounded
from distrorocks.system.root_path import RootView
from distrorocks.trees.ledger import Ledger, LedgerError

DIRECTORY = "/var/lib/distrorocks"
PATH = f"{DIRECTORY}/ledger.json"


def read_ledger(root: str) -> Ledger:
    """Return the root's ledger, an empty one where there is none.

    Raises ``LedgerError`` for one that cannot be read: guessing could remove what is not ours.
    """
    path = RootView(root).host_path(PATH)
    try:
        return Ledger.from_json(json.loads(read_bounded(path, MANIFEST_LIMIT)))
    except LuaFileError as error:
        if error.is_missing:
            return Ledger()
        raise
    except (ValueError, RecursionError, LedgerError) as error:
        raise LedgerError(
            f"the ledger {path} cannot be read",
            detail=str(error),
            hint="move it away and refresh: rocks that are right are then taken over again, "
            "and what it alone knew as ours stays where it is",
        ) from error


def write_ledger(root: str, ledger: Ledger) -> None:
    """Store the ledger; an empty one leaves no file and no directory behind."""
    view = RootView(root)
    path, directory = view.host_path(PATH), view.host_path(DIRECTORY)
    if not ledger.files and not ledger.directories:
        for remove, place in ((os.unlink, path), (os.rmdir, directory)):
            try:
                remove(place)
            except OSError:
                return
        return
    text = json.dumps(ledger.to_json(), indent=1).encode() + b"\n"
    try:
        if read_bounded(path, MANIFEST_LIMIT) == text:
            return
    except LuaFileError:
        os.makedirs(directory, mode=0o755, exist_ok=True)
    write_atomically(path, text)
