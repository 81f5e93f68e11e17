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
from struct import pack

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
from distrorocks.values import NamedTuple

_FIRST_DAY = 1 << 5 | 1  # 1 January 1980: a zip knows no earlier one
_VERSION, _IS_UTF8, _STORED, _DEFLATED = 20, 1 << 11, 0, 8
_LOCAL_FORM, _ENTRY_FORM, _END_FORM = "<4s5H3L2H", "<4s6H3L5H2L", "<4s4H2LH"  # APPNOTE.TXT
_ZLIB_FRAME = 6  # bytes that zlib adds to what a zip has
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
    tally = Tally()
    for path, file in files.items():
        if member_path(path) != path or not path:
            raise ArchiveError(f"{path!r} is not a path of an archive")
        tally.add(len(file.content))
    check_members([Member(path, Kind.FILE, len(file.content)) for path, file in files.items()])
    parts: list[bytes] = []
    directory: list[bytes] = []
    at = 0
    for path in sorted(files, key=lambda it: it.encode("utf-8", "surrogateescape")):
        member, entry = _member(path, files[path], level, at)
        parts += member
        directory.append(entry)
        at += sum(map(len, member))
    listed = b"".join(directory)
    end = pack(_END_FORM, _END, 0, 0, len(directory), len(directory), len(listed), at, 0)
    return b"".join((*parts, listed, end))


def _member(path: str, file: ZippedFile, level: int, at: int) -> tuple[tuple[bytes, ...], bytes]:
    """Return the parts of one file at an offset of the archive, and its entry in the directory.

    It is stored where packing gains nothing, or looks like a bomb to readers.
    """
    try:
        name = path.encode("utf-8")
    except UnicodeEncodeError:
        raise ArchiveError(f"the name {path!r} is not UTF-8") from None
    content, size = file.content, len(file.content)
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(content) + packer.flush()
    is_packed = len(packed) + _ZLIB_FRAME < size < _BEST_RATIO * (len(packed) + _ZLIB_FRAME)
    body = packed if is_packed else content
    flags = 0 if name.isascii() else _IS_UTF8
    method = _DEFLATED if is_packed else _STORED
    common = (_VERSION, flags, method, 0, _FIRST_DAY, zlib.crc32(content), len(body), size)
    mode = stat.S_IFREG | (0o755 if file.is_executable else 0o644)
    head = pack(_LOCAL_FORM, b"PK\x03\x04", *common, len(name), 0)
    entry = pack(
        _ENTRY_FORM,
        *(b"PK\x01\x02", _VERSION | _UNIX << 8, *common, len(name)),
        *(0, 0, 0, 0, mode << 16, at),
    )
    return (head, name, body), entry + name


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
