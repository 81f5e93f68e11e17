"""The ledger on disk: /var/lib/distrorocks/ledger.json of a root, and a copy beside it."""

from __future__ import annotations

import json
import os

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.atomic_file import write_atomically
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.file import MANIFEST_LIMIT, LuaFileError, read_bounded
from distrorocks.trees.ledger import Ledger, LedgerError

DIRECTORY = "/var/lib/distrorocks"
PATH = f"{DIRECTORY}/ledger.json"
COPY = f"{DIRECTORY}/ledger.copy.json"


def read_ledger(root: str) -> Ledger:
    """Return the root's ledger, its copy where it is lost or damaged, an empty one for neither.

    Raises ``LedgerError`` where neither can be read: guessing could remove what is not ours.
    """
    view, faults = RootView(root), list[DistrorocksError]()
    for path in (PATH, COPY):
        try:
            found = _read(view.host_path(path))
        except DistrorocksError as fault:
            faults.append(fault)
            continue
        if found:
            return found
    if faults:
        raise faults[0]
    return Ledger()


def _read(path: str) -> Ledger | None:
    """Return the ledger at ``path``, None where there is none; raise for one that cannot be."""
    try:
        return Ledger.from_json(json.loads(read_bounded(path, MANIFEST_LIMIT)))
    except LuaFileError as error:
        if error.is_missing:
            return None
        raise
    except (ValueError, RecursionError, LedgerError) as error:
        raise LedgerError(
            f"the ledger {path} cannot be read",
            detail=str(error),
            hint="move it and its copy away and refresh: rocks that are right are then taken over "
            "again, and what it alone knew as ours stays where it is",
        ) from error


def write_ledger(root: str, ledger: Ledger) -> None:
    """Store the ledger and its copy; an empty one leaves no file and no directory behind."""
    view = RootView(root)
    places = [view.host_path(path) for path in (PATH, COPY)]
    if not ledger.files and not ledger.directories:
        _remove(places, view.host_path(DIRECTORY))
        return
    text = json.dumps(ledger.to_json(), indent=1).encode() + b"\n"
    for place in places:
        try:
            if read_bounded(place, MANIFEST_LIMIT) == text:
                continue
        except LuaFileError:
            os.makedirs(view.host_path(DIRECTORY), mode=0o755, exist_ok=True)
        write_atomically(place, text)


def _remove(files: list[str], directory: str) -> None:
    """Remove what is there of the files, and their directory if nothing else is in it."""
    for remove, place in (*((os.unlink, file) for file in files), (os.rmdir, directory)):
        try:
            remove(place)
        except OSError:
            continue
