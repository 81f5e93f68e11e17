"""Zip archives in memory: one member read without unpacking the others, and archives made.

Zips of others are untrusted input: the central directory, the member and its compression ratio have
limits, only stored and deflated members are read, and duplicate names are refused. Nearly all pass
the strict reader; ``zipfile``, which is slow to import, reads the others: those with members that
are of no interest here, but unsafe to unpack.

The bytes of an archive made here follow from its content: order, times and modes are fixed.
LuaRocks packs members in the order of the directory, with the time of each file and the umask of
whoever packs; so no two rocks are alike. Here equal files give equal archives, as far as zlib
compresses alike.
"""

from __future__ import annotations

import stat
import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import plain, quoted
from distrorocks.system.files.archive_member import (
    ArchiveError,
    Kind,
    Member,
    Tally,
    check_members,
    member_path,
)
from distrorocks.system.files.strict_zip import content_of, read_zip

if TYPE_CHECKING:
    import zipfile

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # a zip knows no earlier one
_UNIX = 3
_LEVEL = 9
_BEST_RATIO = 100

MOST_DIRECTORY = 4 * 1024 * 1024
_END = b"PK\x05\x06"
_END_SIZE = 22
_TAIL = 65536 + _END_SIZE


class ZippedFile(NamedTuple):
    """The content of a file to zip, and whether it is a program."""

    content: bytes
    is_executable: bool = False


def zip_of(files: Mapping[str, ZippedFile], *, level: int = _LEVEL) -> bytes:
    """Return an archive of files by path, in byte order of their paths, without directories.

    ``level`` is zlib's, from 1 for speed to 9 for size. Raise ``ArchiveError`` for paths that are
    no members of an archive, or for too many files.
    """
    import zipfile

    tally = Tally()
    for path, file in files.items():
        if member_path(path) != path or not path:
            raise ArchiveError(f"{path!r} is not a path of an archive")
        tally.add(len(file.content))
    check_members([Member(path, Kind.FILE, len(file.content)) for path, file in files.items()])
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for path in sorted(files, key=lambda it: it.encode("utf-8", "surrogateescape")):
            _add(archive, path, files[path], level)
    return written.getvalue()


def _add(archive: zipfile.ZipFile, path: str, file: ZippedFile, level: int) -> None:
    """Add one file; it is stored where packing gains nothing, or looks like a bomb to readers."""
    import zipfile

    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        raise ArchiveError(f"the name {path!r} is not UTF-8") from None
    entry = zipfile.ZipInfo(path, date_time=_FIRST_DAY)
    entry.create_system = _UNIX
    mode = 0o755 if file.is_executable else 0o644
    entry.external_attr = (stat.S_IFREG | mode) << 16
    size, packed = len(file.content), len(zlib.compress(file.content, level))
    is_packed = packed < size < _BEST_RATIO * packed
    entry.compress_type = zipfile.ZIP_DEFLATED if is_packed else zipfile.ZIP_STORED
    archive.writestr(entry, file.content, compresslevel=level)


class ZipError(DistrorocksError):
    """An archive is damaged, hostile, or lacks the member; the brief lacks the archive's name."""


def read_member(archive: bytes, name: str, limit: int) -> bytes:
    """Return the member ``name`` of at most ``limit`` bytes, or raise ``ZipError``."""
    _check_directory(archive)
    try:
        return _read_strictly(archive, name, limit)
    except ArchiveError:
        return _read_leniently(archive, name, limit)


def _read_strictly(archive: bytes, name: str, limit: int) -> bytes:
    """Return a member of an archive that all programs read alike, or raise ``ArchiveError``."""
    entries = [each for each in read_zip(archive) if each.member.path == name]
    if len(entries) != 1 or entries[0].member.kind is not Kind.FILE:
        raise ArchiveError(f"it holds no {quoted(name)}")
    if entries[0].member.size > limit:
        raise ZipError(f"{quoted(name)} in it has more than {limit} bytes")
    return b"".join(content_of(archive, entries[0]))


def _read_leniently(archive: bytes, name: str, limit: int) -> bytes:
    """Return a member as Python's ``zipfile`` reads it, or raise ``ZipError``."""
    import zipfile

    try:
        with zipfile.ZipFile(BytesIO(archive)) as opened:
            found = opened.infolist()
            members = [each for each in found if each.filename.removeprefix("./") == name]
            if not members:
                raise ZipError(f"it holds no {quoted(name)}")
            if len(members) > 1:
                raise ZipError(f"it holds {quoted(name)} twice")
            member = members[0]
            if (
                member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
                or member.flag_bits & 1
            ):
                raise ZipError(f"{quoted(name)} in it is encrypted or compressed in an unknown way")
            if member.file_size > limit:
                raise ZipError(f"{quoted(name)} in it has more than {limit} bytes")
            with opened.open(member) as stream:
                content = stream.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise ZipError(f"it is a damaged zip archive ({plain(error)})") from None
    except (ValueError, NotImplementedError, RuntimeError, OverflowError) as error:
        raise ZipError(f"it is not a readable zip archive ({plain(error)})") from None
    if len(content) > limit:
        raise ZipError(f"{quoted(name)} in it has more than {limit} bytes")
    return content


def _check_directory(archive: bytes) -> None:
    """Raise if the central directory is missing or too long."""
    end = archive.rfind(_END, max(0, len(archive) - _TAIL))
    if end < 0 or len(archive) < end + _END_SIZE:
        raise ZipError(
            "it is not a zip archive",
            hint="check where it comes from: a server may have sent an error page",
        )
    size = int.from_bytes(archive[end + 12 : end + 16], "little")
    if size > MOST_DIRECTORY:
        raise ZipError("its central directory is too long, or it is a zip64 archive")
