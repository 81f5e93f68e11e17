"""From what a tree should hold and what it holds, the changes between: and no others."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from hashlib import md5
from typing import NamedTuple

from distrorocks.trees.change import Change, Keep, RemoveDirectory, RemoveFile, WriteFile
from distrorocks.trees.ledger import Ledger


class Publication(NamedTuple):
    """The changes in the order in which they are safe, and the ledger after them."""

    changes: list[Change]
    ledger: Ledger


def publication(
    desired: Mapping[str, bytes],
    reasons: Mapping[str, str],
    *,
    present: Mapping[str, str],
    ledger: Ledger,
    kept_files: Collection[str] = (),
    owned: Collection[str],
    indexes: Collection[str],
    existing_directories: Collection[str],
) -> Publication:
    """Return what makes the root hold ``desired``, path to content.

    ``present`` has the MD5 of each file that is there, among the desired ones and the ledger's;
    ``owned`` are paths that packages own: they are kept, and leave the ledger. ``indexes`` are the
    manifests: they are made from the rest, so they come after all other writes, and may replace
    one that somebody else generated. Any other file that the ledger does not know is kept;
    so are ``kept_files``, the ledger's files that this publication is not about.
    """
    files: list[Change] = []
    last: list[Change] = []
    kept: list[Change] = []
    recorded = {path: ledger.files[path] for path in kept_files if path in ledger.files}
    for path, content in desired.items():
        digest = md5(content).hexdigest()
        if path in owned:
            kept.append(Keep(path, "a package owns it"))
            continue
        is_known = path not in present or path in ledger.files or path in indexes
        if not is_known and present[path] != digest:
            kept.append(Keep(path, "it was not written by distrorocks"))
            continue
        recorded[path] = digest
        if present.get(path) != digest:
            target = last if path in indexes else files
            target.append(WriteFile(path, content, reasons[path]))
    stale = [path for path in ledger.files if path not in desired and path not in recorded]
    for path in sorted(stale):
        if path in present and path not in owned:
            target = last if path in indexes else files
            target.append(RemoveFile(path, reasons.get(path, "no package provides it any more")))
    needed = _above(recorded)
    gone = ledger.directories - needed
    removed: list[Change] = [
        RemoveDirectory(path, "nothing of ours is left in it")
        for path in sorted(gone, key=lambda path: (-path.count("/"), path))
    ]
    directories = (ledger.directories & needed) | (needed - set(existing_directories))
    return Publication([*kept, *files, *last, *removed], Ledger(recorded, directories))


def _above(files: Collection[str]) -> frozenset[str]:
    """Return every directory that one of ``files`` lies below."""
    found: set[str] = set()
    for path in files:
        above = path.rpartition("/")[0]
        while above and above not in found:
            found.add(above)
            above = above.rpartition("/")[0]
    return frozenset(found)
