"""What a run keeps about a server's folder, so that the next run reads only what has changed.

It is one file for each folder, in our own cache directory: the folder is published, and may come
from elsewhere. A line tells the lengths and checksums of three parts: the outcome, the entries that
it was made from, and the reading of each. The first two suffice if nothing has changed. It is used
only if nobody else can write it and the same code made it. Losing it costs time only.

The parts are texts joined by NUL bytes, which no name of a file has.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from functools import lru_cache
from types import MappingProxyType
from zlib import crc32

from distrorocks import __version__
from distrorocks.errors import DistrorocksError
from distrorocks.serve.folder.observe import FolderEntry
from distrorocks.serve.folder.served import Facts, Reading, Unlisted
from distrorocks.system.files.atomic_file import remove_files, write_atomically
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.cache import Signature, signature
from distrorocks.system.files.own_cache import own_cache_directory
from distrorocks.system.files.shipped_files import PACKAGE
from distrorocks.system.files.trust import read_trusted, trusted_path
from distrorocks.values import NamedTuple

LIMIT = 256 * 1024 * 1024
"""Bytes of what is kept about one folder."""

MOST_FOLDERS = 64
"""Folders about which something is kept."""

CODE = (
    "binaries",
    "data/lua_symbols.tsv",
    "data/server-page",
    "lua",
    "md5.py",
    "rocks",
    "serve/folder",
    "servers",
    "system/files",
    "system/lua",
    "system/trees/reader.py",
    "world/rock_binaries.py",
)
"""The folders and files of the package that decide what is read from an entry."""

_MARK = "distrorocks server folder 3"
_LONGEST_LINE = 200


class Outcome(NamedTuple):
    """The result of a run: what it was made from, what it wrote, and what it reported.

    ``basis`` are the options and entries, b"" if they may hide a change; ``rocks`` counts versions;
    ``address`` is that of the page.
    """

    basis: bytes
    outputs: Mapping[str, Signature]
    unlisted: tuple[Unlisted, ...]
    rocks: int
    address: str = ""


class Kept(NamedTuple):
    """What the last run kept; ``entries`` and ``body`` are its readings, parsed on demand."""

    outcome: Outcome
    entries: bytes = b""
    body: bytes = b""

    def readings(self, entries: Iterable[FolderEntry]) -> Known:
        """Return what is still valid of the readings, for the entries that there are now."""
        try:
            return _known(dict(self._plain()), entries)
        except ValueError:
            return Known({}, frozenset())

    def _plain(self) -> Iterator[tuple[str, str]]:
        if self.entries:
            yield from zip(_texts(self.entries), _texts(self.body), strict=True)


class Known(NamedTuple):
    """The readings by name of the files that have not changed, as they are kept.

    ``changed`` are the names of all others of the last run: changed, gone, or not certain. A new
    file is in neither.
    """

    plain: Mapping[str, str]
    changed: Set[str]

    @property
    def readings(self) -> dict[str, Reading]:
        """The readings themselves, none if one is damaged."""
        with suppress(ValueError):
            return {name: reading_of(each) for name, each in self.plain.items()}
        return {}


def _known(old: dict[str, str], entries: Iterable[FolderEntry]) -> Known:
    """Return what is still valid of plain readings, which are used up: they are many."""
    found = {}
    for name, signed, _ in entries:
        if signed and (plain := old.pop(f"{name}/{signed}", None)) is not None:
            found[name] = plain
    return Known(found, {each.rpartition("/")[0] for each in old})


NOTHING = Kept(Outcome(b"", {}, (), 0))


def basis_of(options: str, entries: Sequence[FolderEntry]) -> bytes:
    """Return a run's options and all entries of the folder, b"" if one may hide a change."""
    texts = [f"{name}/{signed}" for name, signed, _ in entries]
    return _joined([options, *texts]) if all(each.signature for each in entries) else b""


def read_kept(folder: str) -> Kept:
    """Return what the last run kept about the folder with this absolute path."""
    path = kept_path(folder)
    if not path:
        return NOTHING
    with suppress(DistrorocksError, OSError, ValueError, TypeError, IndexError):
        content = read_trusted("/", path, LIMIT)
        at = content.index(b"\n", 0, _LONGEST_LINE) + 1
        *numbers, checksum = map(int, content[: at - 1].split(b" "))
        if crc32(content[: at - 1].rpartition(b" ")[0]) != checksum:
            return NOTHING
        parts = []
        for size, of_part in zip(numbers[::2], numbers[1::2], strict=True):
            parts.append((content[at : at + size], of_part))
            at += size
        (head, of_head), basis, entries, body = parts
        if crc32(head) == of_head and crc32(basis[0]) == basis[1] and at == len(content):
            outcome = _outcome(_texts(head), folder, basis[0])
            is_whole = all(crc32(part) == of_part for part, of_part in (entries, body))
            return Kept(outcome, *((entries[0], body[0]) if is_whole else ()))
    return NOTHING


def write_kept(
    folder: str,
    outcome: Outcome,
    entries: Sequence[FolderEntry],
    read: Mapping[str, Reading],
    known: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Keep the outcome and the readings of a run for the next; failure only costs time.

    What is not ``read`` is ``known`` from the last run, as it was kept.
    """
    path = kept_path(folder)
    if not path or any("\0" in text for each in outcome.unlisted for text in each):
        return
    keys, plain = [], []
    for name, signed, _ in entries:
        reading = read.get(name)
        if reading is None:
            keys.append(f"{name}/{signed}")
            plain.append(known[name])
            continue
        is_sure = signed and reading.is_final and not _has_separator(reading.why)
        keys.append(f"{name}/{signed if is_sure else ''}")
        plain.append(_plain_reading(reading) if is_sure else "")
    head = [_maker(), folder, outcome.address, str(outcome.rocks), str(len(outcome.outputs))]
    for name, of_output in outcome.outputs.items():
        head += [name, " ".join(map(str, of_output))]
    for each in outcome.unlisted:
        head += each
    parts = (_joined(head), outcome.basis, _joined(keys), _joined(plain))
    line = " ".join(f"{len(each)} {crc32(each)}" for each in parts).encode()
    with suppress(DistrorocksError, OSError):
        _make(path.rpartition("/")[0])
        content = b"".join((line, b" %d\n" % crc32(line), *parts))
        write_atomically(path, content, mode=0o600, is_forced=False)
        _drop_old(path.rpartition("/")[0])


def _drop_old(directory: str) -> None:
    """Remove what is kept about the folders that were published least recently."""
    with os.scandir(directory) as entries:
        ages = sorted((each.stat().st_mtime_ns, each.path) for each in entries)
    remove_files(path for _, path in ages[:-MOST_FOLDERS])


def _joined(texts: Iterable[str]) -> bytes:
    return "\0".join(texts).encode("utf-8", "surrogateescape")


def _texts(part: bytes) -> list[str]:
    return part.decode("utf-8", "surrogateescape").split("\0")


def _outcome(head: Sequence[str], folder: str, basis: bytes) -> Outcome:
    """Return an outcome; raise ``ValueError`` if other code made it, or for another folder."""
    maker, of_folder, address, rocks, number = head[:5]
    if maker != _maker() or of_folder != folder:
        raise ValueError("it is not for this run")
    end = 5 + 2 * int(number)
    outputs = {
        name: tuple(map(int, signed.split()))
        for name, signed in zip(head[5:end:2], head[6:end:2], strict=True)
    }
    unlisted = map(Unlisted, head[end::2], head[end + 1 :: 2])
    return Outcome(basis, outputs, tuple(unlisted), int(rocks), address)


def _plain_reading(read: Reading) -> str:
    """Return a reading as text; its fields have no tabs and no NUL bytes."""
    digest, size, (luas, *texts), why, _ = read
    shown = "\t".join(texts)
    return f"{digest}\t{size}\t{' '.join(luas)}\t{shown}\t{why}"


def _has_separator(text: str) -> bool:
    return "\t" in text or "\0" in text


def reading_of(plain: str) -> Reading:
    """Return a reading that is kept so; raise ``ValueError`` if it is damaged."""
    digest, size, luas, *texts, why = plain.split("\t")
    if len(texts) != len(Facts._fields) - 1:
        raise ValueError("it has another number of fields")
    return Reading(digest, int(size), Facts(_luas(luas), *texts), why)


@lru_cache(maxsize=1 << 6)
def _luas(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def kept_path(folder: str) -> str:
    """Return the file for a folder; "" if this user has no cache directory."""
    directory = own_cache_directory("server-folders")
    raw = folder.encode("utf-8", "surrogateescape")
    name = f"{crc32(raw):08x}{crc32(raw[::-1]):08x}-{len(raw)}"
    return f"{directory}/{name}" if directory else ""


def _make(directory: str) -> None:
    """Create the cache directory, readable by this user alone."""
    place = trusted_path("/", directory)
    with Beneath("/") as below:
        below.make_directories(place.rpartition("/")[0] or "/")
        below.make_directories(place, 0o700)


def _maker() -> str:
    """Return the fingerprint of the code whose results are kept.

    Without pyelftools nothing is known of what compiled files need: it counts whether it is there.
    """
    has_reader = any(os.path.isdir(os.path.join(each, "elftools")) for each in sys.path)
    found = [_MARK, __version__, sys.version, f"pyelftools {has_reader}"]
    for part in CODE:
        place = os.path.join(PACKAGE, part)
        is_file = part.endswith((".py", ".tsv"))
        files = [place] if is_file else [f"{place}/{name}" for name in sorted(os.listdir(place))]
        found += [f"{path.removeprefix(PACKAGE)} {signature(path)}" for path in files]
    return "\n".join(found)
