"""What a run keeps about a server's folder, so that the next run reads only what has changed.

It is one file for each folder, in our own cache directory: the folder is published, and may come
from elsewhere. A line with the checksum of the next, a line of JSON that suffices if nothing has
changed, and JSON with the reading of each file. It is used only if nobody else can write it and the
same code made it. Losing it costs time only.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence, Set
from contextlib import suppress
from hashlib import md5, sha256
from typing import Any, NamedTuple

from distrorocks import __version__
from distrorocks.errors import DistrorocksError
from distrorocks.serve.folder.observe import FolderEntry
from distrorocks.serve.folder.served import Facts, Reading, Unlisted
from distrorocks.servers.download_cache import own_cache_directory
from distrorocks.system.files.atomic_file import remove_files, write_atomically
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.cache import Signature, signature
from distrorocks.system.files.shipped_files import PACKAGE
from distrorocks.system.files.trust import read_trusted, trusted_path

LIMIT = 256 * 1024 * 1024
"""Bytes of what is kept about one folder."""

MOST_FOLDERS = 64
"""Folders about which something is kept."""

_CODE = (
    "data/server-page",
    "lua",
    "rocks",
    "serve/folder",
    "servers",
    "system/files",
    "system/lua",
)


class Outcome(NamedTuple):
    """The result of a run: what it was made from, what it wrote, and what it reported.

    ``basis`` is the fingerprint of options and entries, "" if it may hide a change.
    """

    basis: str
    outputs: Mapping[str, Signature]
    unlisted: tuple[Unlisted, ...]
    rocks: int


class Kept(NamedTuple):
    """What the last run kept; ``body`` are the readings, which are parsed on demand."""

    outcome: Outcome
    body: bytes = b""

    def readings(self, entries: Iterable[FolderEntry]) -> Known:
        """Return what is still valid of the readings, for the entries that there are now."""
        try:
            return _known(json.loads(self.body) if self.body else {}, entries)
        except (ValueError, TypeError, AttributeError, RecursionError):
            return Known({}, frozenset())


class Known(NamedTuple):
    """The readings by name of the files that have not changed.

    ``changed`` are the names of all others of the last run: changed, gone, or not certain. A new
    file is in neither.
    """

    readings: Mapping[str, Reading]
    changed: Set[str]


def _known(old: dict[str, Any], entries: Iterable[FolderEntry]) -> Known:
    """Return what is still valid of plain readings, which are used up: they are many."""
    found, changed = {}, set()
    for entry in entries:
        of_name = old.pop(entry.name, None)
        if of_name is None:
            continue
        if not entry.signature or tuple(of_name[0]) != entry.signature:
            changed.add(entry.name)
            continue
        _, digest, size, (luas, *texts), why = of_name
        found[entry.name] = Reading(digest, size, Facts(tuple(luas.split()), *texts), why)
    return Known(found, changed | old.keys())


NOTHING = Kept(Outcome("", {}, (), 0))


def basis_of(options: object, entries: Iterable[FolderEntry]) -> str:
    """Return the fingerprint of a run's options and of all entries of the folder."""
    texts = []
    for entry in entries:
        if not entry.signature:
            return ""
        texts.append(f"{entry.name!a} {entry.signature}")
    texts.append(ascii(options))
    return md5("\n".join(texts).encode("ascii"), usedforsecurity=False).hexdigest()


def read_kept(folder: str) -> Kept:
    """Return what the last run kept about the folder with this absolute path."""
    path = kept_path(folder)
    if not path:
        return NOTHING
    with suppress(DistrorocksError, OSError, ValueError, TypeError, KeyError, RecursionError):
        mark, head, body = read_trusted("/", path, LIMIT).split(b"\n", 2)
        if mark == _sum(head):
            known = json.loads(head)
            if known["maker"] == _maker() and known["folder"] == ascii(folder):
                return Kept(_outcome(known), body if known["sum"] == _sum(body).decode() else b"")
    return NOTHING


def write_kept(
    folder: str, outcome: Outcome, entries: Sequence[FolderEntry], read: Mapping[str, Reading]
) -> None:
    """Keep the outcome and the readings of a run for the next; failure only costs time."""
    path = kept_path(folder)
    if not path:
        return
    body = json.dumps(
        {each.name: _plain(each.signature, read[each.name]) for each in entries}
    ).encode()
    known: dict[str, Any] = {
        "maker": _maker(),
        "folder": ascii(folder),
        "sum": _sum(body).decode(),
        **outcome._asdict(),
    }
    head = json.dumps(known).encode()
    with suppress(DistrorocksError, OSError):
        _make(path.rpartition("/")[0])
        content = b"\n".join((_sum(head), head, body))
        write_atomically(path, content, mode=0o600, is_forced=False)
        _drop_old(path.rpartition("/")[0])


def _drop_old(directory: str) -> None:
    """Remove what is kept about the folders that were published least recently."""
    with os.scandir(directory) as entries:
        ages = sorted((each.stat().st_mtime_ns, each.path) for each in entries)
    remove_files(path for _, path in ages[:-MOST_FOLDERS])


def _outcome(known: Mapping[str, Any]) -> Outcome:
    return Outcome(
        str(known["basis"]),
        {name: tuple(each) for name, each in known["outputs"].items()},
        tuple(Unlisted(*each) for each in known["unlisted"]),
        int(known["rocks"]),
    )


def _plain(signature: Signature, read: Reading) -> tuple[Any, ...]:
    """Return a reading as JSON can hold it; of one that may change alone that it was there."""
    if not signature or not read.is_final:
        return ((),)
    luas, *texts = read.facts
    return signature, read.digest, read.size, (" ".join(luas), *texts), read.why


def kept_path(folder: str) -> str:
    """Return the file for a folder; "" if this user has no cache directory."""
    directory = own_cache_directory("server-folders")
    name = sha256(folder.encode("utf-8", "surrogateescape")).hexdigest()[:40]
    return f"{directory}/{name}" if directory else ""


def _make(directory: str) -> None:
    """Create the cache directory, readable by this user alone."""
    place = trusted_path("/", directory)
    with Beneath("/") as below:
        below.make_directories(place.rpartition("/")[0] or "/")
        below.make_directories(place, 0o700)


def _sum(text: bytes) -> bytes:
    return md5(text, usedforsecurity=False).hexdigest().encode("ascii")


def _maker() -> str:
    """Return the fingerprint of the code whose results are kept."""
    found = [__version__, sys.version]
    for part in _CODE:
        place = os.path.join(PACKAGE, part)
        found += [f"{name} {signature(f'{place}/{name}')}" for name in sorted(os.listdir(place))]
    return _sum("\n".join(found).encode("utf-8", "surrogateescape")).decode()
