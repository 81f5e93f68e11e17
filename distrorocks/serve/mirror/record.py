"""What a mirror's folder records of its rock files, so that none is fetched twice.

``mirror.json`` beside the files has for each the SHA-256, that of the rockspec on the server for
which it was taken, and its origin. It is written before the file: after a kill, a file that has the
sum is the right one. The same rocks of the same servers give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from distrorocks.errors import DistrorocksError
from distrorocks.servers.files import ROCK_LIMIT
from distrorocks.system.files.atomic_file import WriteError
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.values import NamedTuple

NAME = "mirror.json"
LIMIT = 64 * 1024 * 1024
"""Bytes of a record: some hundred for each file of a folder that is as large as one may be."""


class Entry(NamedTuple):
    """The SHA-256 of a file and of the server's rockspec of its rock, and where it is from."""

    sha256: str
    rockspec: str
    origin: str


def parse_record(text: bytes) -> dict[str, Entry]:
    """Return the entries by file name; what is no entry is left out, for it only saves work."""
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    files = found.get("files") if isinstance(found, dict) else None
    entries = {}
    for name, row in files.items() if isinstance(files, dict) else ():
        fields = [row.get(field) for field in Entry._fields] if isinstance(row, dict) else []
        texts = [each for each in fields if isinstance(each, str)]
        if len(texts) == len(Entry._fields):
            entries[name] = Entry(*texts)
    return entries


def record_text(entries: Mapping[str, Entry]) -> bytes:
    """Return the record of these entries."""
    files = {name: entries[name]._asdict() for name in sorted(entries)}
    return (json.dumps({"files": files}, indent=1) + "\n").encode()


class MirrorFolder:
    """A server's folder that is a mirror, opened and locked by the caller."""

    def __init__(self, folder: NamedFolder) -> None:
        self.folder = folder
        self.entries: dict[str, Entry] = {}
        self._sums: dict[str, str] = {}
        try:
            self.entries = parse_record(folder.read(f"/{NAME}", LIMIT))
        except FileReadError as error:
            if not error.is_missing:
                raise

    def has(self, name: str, rockspec: bytes, *, origin: str = "") -> bool:
        """Return whether a file is there that was taken for this text of its rockspec.

        With ``origin`` it also has to be from there.
        """
        entry = self.entries.get(name)
        if entry is None or entry.rockspec != sha256(rockspec).hexdigest():
            return False
        return origin in ("", entry.origin) and entry.sha256 == self._sum(name)

    def added(self, name: str) -> bytes | None:
        """Return a file that is there and not recorded: another program added it."""
        if name in self.entries or not self._sum(name):
            return None
        return self.folder.read(f"/{name}", ROCK_LIMIT)

    def put(self, name: str, content: bytes, *, rockspec: bytes, origin: str) -> None:
        """Record and write a file; raise ``WriteError`` if that is not possible."""
        sums = (sha256(content).hexdigest(), sha256(rockspec).hexdigest())
        entry = Entry(*sums, origin)
        if self.entries.get(name) != entry:
            self.entries[name] = entry
            self._write(NAME, record_text(self.entries), is_forced=False)
        self.put_plain(name, content)

    def put_plain(self, name: str, content: bytes) -> None:
        """Write a file that needs no record, unless it is there."""
        if self._sum(name) != sha256(content).hexdigest():
            self._sums.pop(name, None)
            self._write(name, content, is_forced=True)

    def _sum(self, name: str) -> str:
        """Return the SHA-256 of a regular file, "" if there is none that can be read."""
        known = self._sums.get(name)
        if known is None:
            known = self._sums[name] = self._digest(name)
        return known

    def _digest(self, name: str) -> str:
        status = self.folder.regular(f"/{name}")
        if status is None:
            return ""
        digest = sha256()
        try:
            for part in self.folder.parts(f"/{name}", status.st_size):
                digest.update(part)
        except FileReadError:
            return ""
        return digest.hexdigest()

    def _write(self, name: str, content: bytes, *, is_forced: bool) -> None:
        shown = self.folder.shown(f"/{name}")
        try:
            self.folder.write(f"/{name}", content, is_forced=is_forced)
        except OSError as error:
            raise _unwritable(shown, str(error.strerror)) from None


def _unwritable(shown: str, why: str) -> DistrorocksError:
    return WriteError(
        f"cannot write {shown}: {why}",
        hint="name a folder with --to that this user can write; a later run goes on from here",
    )
