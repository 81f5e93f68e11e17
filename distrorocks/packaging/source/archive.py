"""Read the files of a rock's sources from an archive in memory.

Archives are untrusted input: nothing is unpacked to disk, and sizes are limited.
"""

from __future__ import annotations

import calendar
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator

from distrorocks.packaging.source.members import (
    Member,
    Members,
    SourcesError,
    gathered,
    is_in_sources,
)
from distrorocks.system.files.archive_member import MOST_UNPACKED
from distrorocks.system.files.packed_file import decompressed

MOST_BYTES = MOST_UNPACKED
_ARCHIVE = re.compile(r"\.(?:zip|rock|tar|tar\.(?:gz|bz2|xz)|tgz|tbz2?)\Z")

# Errors of Python's readers for invalid headers: an empty name, an impossible size, ...
_UNREADABLE = (
    *(EOFError, OSError, ValueError, NotImplementedError, RuntimeError),
    *(IndexError, OverflowError, TypeError),
)


def is_archive(name: str) -> bool:
    """Return whether a file name is that of a supported archive."""
    return _ARCHIVE.search(name) is not None


def archive_members(content: bytes, name: str) -> Members:
    """Return the members of an archive, or raise ``SourcesError``; ``name`` gives its kind."""
    try:
        if zipfile.is_zipfile(io.BytesIO(content)) and not name.endswith((".gz", ".bz2", ".xz")):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                return gathered(_zip_members(archive))
        raw = _decompressed(content, name)
        with tarfile.open(fileobj=io.BytesIO(raw), mode="r:") as packed:
            return gathered(_tar_members(packed))
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError) as error:
        hint = "download it again, or check what the file is"
        raise SourcesError(f"{name} is a damaged archive", detail=str(error), hint=hint) from None
    except _UNREADABLE as error:
        raise SourcesError(f"{name} cannot be read as an archive", detail=str(error)) from None


def _clean(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./")


def _zip_members(archive: zipfile.ZipFile) -> Iterator[Member]:
    """Yield the files of a zip; refuse one whose declared size exceeds the limit."""
    total = 0
    for member in archive.infolist():
        path = _clean(member.filename)
        total += member.file_size
        if total > MOST_BYTES:
            raise _too_much("the sources unpack to")
        if not member.is_dir() and is_in_sources(path):
            yield Member(path, _zip_date(member), _zip_reader(archive, member))


def _zip_reader(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[int], bytes]:
    def read(limit: int) -> bytes:
        with archive.open(member) as stream:
            return stream.read(limit)

    return read


def _zip_date(member: zipfile.ZipInfo) -> int:
    """Return the date of a member, read as UTC: zips do not store the time zone."""
    year, month, day, *_ = member.date_time
    if year <= 1980 or not (1 <= month <= 12 and 1 <= day <= 31):
        return 0
    return calendar.timegm(member.date_time)


def _tar_members(archive: tarfile.TarFile) -> Iterator[Member]:
    """Yield the regular files of a tar."""
    for member in archive:
        path = _clean(member.name)
        if member.isreg() and is_in_sources(path):
            yield Member(path, max(int(member.mtime), 0), _tar_reader(archive, member))


def _tar_reader(archive: tarfile.TarFile, member: tarfile.TarInfo) -> Callable[[int], bytes]:
    def read(limit: int) -> bytes:
        stream = archive.extractfile(member)
        return stream.read(limit) if stream else b""

    return read


def _decompressed(content: bytes, name: str) -> bytes:
    """Return the bytes of a tar; refuse more than the limit."""
    with decompressed(content) as stream:
        raw = stream.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise _too_much(f"{name} unpacks to")
    return raw


def _too_much(what: str) -> SourcesError:
    return SourcesError(
        f"{what} more than {MOST_BYTES} bytes, the limit for sources of a rock",
        hint="scaffold from the rockspec instead, and check the archive",
    )
