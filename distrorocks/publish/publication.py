"""Compare what a root should hold with what it holds: only differences become changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from distrorocks.trees.change import (
    Change,
    Content,
    Keep,
    RemoveDirectory,
    RemoveFile,
    WriteFile,
)
from distrorocks.trees.ledger import Ledger
from distrorocks.values import NamedTuple


class Publication(NamedTuple):
    """The changes, in an order that is safe to apply, and the ledger after them."""

    changes: list[Change]
    ledger: Ledger


def publication(
    desired: Mapping[str, Content],
    reasons: Mapping[str, str],
    *,
    present: Mapping[str, str],
    ledger: Ledger,
    kept_files: Collection[str] = (),
    owned: Collection[str],
    indexes: Collection[str],
    existing_directories: Collection[str],
) -> Publication:
    """Return the changes after which the root holds ``desired`` (path to content).

    ``present`` maps each desired or listed file that exists to its MD5. ``owned`` are paths that
    packages own: they are kept and leave the ledger. ``indexes`` are the trees' manifests: they are
    written last, because they list the rest, and may replace a manifest that somebody else
    generated. Any other file that the ledger does not list is kept; so are ``kept_files``, the
    ledger's files outside the trees of this run. ``reasons`` has one text for each desired file.
    """
    files: list[Change] = []
    last: list[Change] = []
    kept: list[Change] = []
    recorded = {path: ledger.files[path] for path in kept_files if path in ledger.files}
    for path, content in desired.items():
        digest = content.md5
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
            target.append(WriteFile(path, content.make(), reasons[path]))
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
