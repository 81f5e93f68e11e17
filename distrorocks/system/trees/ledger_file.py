"""The ledger on disk: /var/lib/distrorocks/ledger.json of a root, and a copy beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from json.encoder import encode_basestring_ascii as _quoted

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.lock_holder import OURS
from distrorocks.system.files.root_path import RootView
from distrorocks.system.files.trust import UntrustedError, read_trusted, trusted_path
from distrorocks.system.trees.writer import apply_changes
from distrorocks.trees.change import Change, RemoveDirectory, RemoveFile, WriteFile
from distrorocks.trees.layout import DISTRO_ROOT, LOCK_NAME
from distrorocks.trees.ledger import Ledger, LedgerError

DIRECTORY = "/var/lib/distrorocks"
NAME, COPY_NAME = "ledger.json", "ledger.copy.json"
PATH = f"{DIRECTORY}/{NAME}"
COPY = f"{DIRECTORY}/{COPY_NAME}"
LIMIT = 64 * 1024 * 1024
_REASON = "the ledger lists what distrorocks wrote"


def read_ledger(root: str) -> Ledger:
    """Return the root's ledger, its copy if it is lost or damaged, or an empty one if neither
    exists.

    Raise ``LedgerError`` if neither can be read: guessing could remove files that are not ours. A
    ledger that another user could have written counts as unreadable.
    """
    faults = list[DistrorocksError]()
    for path in (PATH, COPY):
        try:
            return _parsed(read_trusted(root, path, LIMIT), f"{root.rstrip('/')}{path}")
        except FileReadError as fault:
            if not fault.is_missing:
                faults.append(fault)
        except (UntrustedError, LedgerError) as fault:
            faults.append(fault)
    if faults:
        raise faults[0]
    return Ledger()


def _parsed(text: bytes, path: str) -> Ledger:
    """Parse the text of a ledger file."""
    try:
        return Ledger.from_json(json.loads(text))
    except (ValueError, RecursionError, MemoryError, LedgerError) as error:
        raise LedgerError(
            f"the ledger {path} cannot be read",
            detail=str(error),
            hint="move it and its copy away and refresh: correct rocks are then taken over again, "
            "and files that only the ledger listed as ours stay where they are",
        ) from error


def has_state(root: str) -> bool:
    """Return whether a run has left its state directory in a root, or a lock."""
    view = RootView(root)
    if view.entry(DIRECTORY):
        return True
    lock = view.entry(f"{DISTRO_ROOT}/{LOCK_NAME}")
    try:
        return lock is not None and os.readlink(view.host_path(lock.path)).startswith(OURS)
    except OSError:
        return False  # not a link: another program's


def write_ledger(root: str, ledger: Ledger) -> None:
    """Write the ledger and its copy if they differ; remove temporary files of killed runs."""
    if not _is_stored(root, ledger):
        apply_changes(root, ledger_changes(root, ledger))
        return
    with suppress(OSError, DistrorocksError), Beneath(root) as below:
        directory = trusted_path(root, DIRECTORY)
        below.sweep(directory)
        if ledger.is_empty:
            below.remove_directory(directory)


def ledger_changes(root: str, ledger: Ledger) -> Sequence[Change]:
    """Return the changes that store a ledger and its copy; an empty one leaves no files."""
    directory = trusted_path(root, DIRECTORY)
    files = [f"{directory}/{name}" for name in (NAME, COPY_NAME)]
    if ledger.is_empty:
        removals = [RemoveFile(path, _REASON) for path in files]
        return [*removals, RemoveDirectory(directory, _REASON)]
    text = _text(ledger)
    return [WriteFile(path, text, _REASON) for path in files]


def _is_stored(root: str, ledger: Ledger) -> bool:
    """Return whether both files hold this ledger."""
    wanted = None if ledger.is_empty else _text(ledger)
    for path in (PATH, COPY):
        text = None
        try:
            text = read_trusted(root, path, LIMIT)
        except FileReadError as fault:
            if not fault.is_missing:
                return False
        if text != wanted:
            return False
    return True


def _text(ledger: Ledger) -> bytes:
    """Return the ledger as JSON, an entry a line: the json module is slow where it indents."""
    document = ledger.to_json()
    files = (
        f"{_quoted(path)}: {_quoted(digest)}" for path, digest in document.pop("files").items()
    )
    directories = map(_quoted, document.pop("directories"))
    parts = [f'"{name}": {json.dumps(value)}' for name, value in document.items()]
    parts.append(f'"files": {_lines("{", files, "}")}')
    parts.append(f'"directories": {_lines("[", directories, "]")}')
    return "".join(("{\n ", ",\n ".join(parts), "\n}\n")).encode()


def _lines(opening: str, entries: Iterable[str], end: str) -> str:
    """Return an object or array of JSON with an entry a line."""
    text = ",\n  ".join(entries)
    return f"{opening}\n  {text}\n {end}" if text else opening + end
