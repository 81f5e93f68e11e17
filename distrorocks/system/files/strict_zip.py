"""Strict zip reader: accepts only archives that all programs read alike.

A zip describes each member twice: in the central directory at its end and in a local header.
Programs differ in which they use, so here both must agree, and members and directory must fill the
file without gaps, overlaps or a second end record. Only the features that rock tools use are
supported.
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator

from distrorocks.rocks.quotation import quoted
from distrorocks.system.files.archive_member import (
    MOST_MEMBERS,
    ArchiveError,
    Kind,
    Member,
    Tally,
    check_members,
    check_mode,
    member_path,
)
from distrorocks.values import NamedTuple

_END = struct.Struct("<4s4H2LH")
_LISTED = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_DESCRIPTOR = struct.Struct("<3L")
_STORED, _DEFLATED = 0, 8
_SIZES_FOLLOW = 1 << 3
_SPEED_FLAGS = 0b110
_HARMLESS_FLAGS = _SPEED_FLAGS | _SIZES_FOLLOW | 1 << 11
_ZIP64, _UNICODE_PATH = 0x0001, 0x7075
_VOLUME_LABEL = 0x08
_UNIX = 3
_MODES = {stat.S_IFREG: Kind.FILE, stat.S_IFDIR: Kind.DIRECTORY, stat.S_IFLNK: Kind.LINK}
_LONGEST_TARGET = 4096
_PIECE = 1 << 16
_PACKED_BEST = 200
_FREE_BYTES = 1 << 20


class ZipEntry(NamedTuple):
    """A member, with the position of its compressed content in the archive.

    ``mode`` has its permissions, 0 if it has none; ``date`` is MS-DOS's date and time.
    """

    member: Member
    is_packed: bool
    start: int
    packed_size: int
    crc: int
    mode: int = 0
    date: tuple[int, int] = (0, 0)


class _Listed(NamedTuple):
    """A member as the central directory describes it."""

    name: bytes
    host: int
    flags: int
    method: int
    crc: int
    packed_size: int
    size: int
    attributes: int
    offset: int
    date: tuple[int, int]


def read_zip(archive: bytes) -> list[ZipEntry]:
    """Return the members in the order of the central directory, or raise ``ArchiveError``.

    Their content is not checked; ``content_of`` does that.
    """
    listed, start = _list(archive)
    entries = []
    tally = Tally()
    ends: dict[int, int] = {}
    for each in listed:
        tally.add(each.size)
        entry, end = _entry(archive, each)
        if entry.member.kind is Kind.LINK:
            entry = entry._replace(member=_link(archive, entry))
        if each.offset in ends:
            raise ArchiveError("two of its members share their content")
        ends[each.offset] = end
        entries.append(entry)
    at = 0
    for offset in sorted(ends):
        if offset != at:
            raise ArchiveError("it has extra data before or between its members")
        at = ends[offset]
    if at != start:
        raise ArchiveError("it has extra data between its members and the central directory")
    paths = {entry.member.path for entry in entries}
    if len(paths) != len(entries):
        raise ArchiveError("it has a duplicate name")
    check_members([entry.member for entry in entries])
    return entries


def _link(archive: bytes, entry: ZipEntry) -> Member:
    """Return a link member with its target, which is its content."""
    if entry.member.size > _LONGEST_TARGET:
        raise ArchiveError(f"its member {quoted(entry.member.path)} is a link without a target")
    return entry.member._replace(target=_text(b"".join(content_of(archive, entry))))


def content_of(archive: bytes, entry: ZipEntry) -> Iterator[bytes]:
    """Yield the content of a member in pieces; it is complete only if no error is raised.

    Raise ``ArchiveError`` if size or checksum do not match.
    """
    packed = memoryview(archive)[entry.start : entry.start + entry.packed_size]
    pieces = _unpacked(packed, entry) if entry.is_packed else _cut(packed)
    crc = size = 0
    for piece in pieces:
        crc = zlib.crc32(piece, crc)
        size += len(piece)
        if size > entry.member.size:
            break
        yield piece
    if size != entry.member.size or crc != entry.crc:
        raise ArchiveError(f"its member {quoted(entry.member.path)} is damaged")


def _cut(content: memoryview) -> Iterator[bytes]:
    for at in range(0, len(content), _PIECE):
        yield bytes(content[at : at + _PIECE])


def _unpacked(packed: memoryview, entry: ZipEntry) -> Iterator[bytes]:
    """Yield the pieces of a deflated member; ``packed`` must be consumed entirely."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for piece in _cut(packed):
            rest = piece
            while rest and not inflater.eof:
                yield inflater.decompress(rest, _PIECE)
                rest = inflater.unconsumed_tail
            if inflater.unused_data or rest:
                raise ArchiveError(f"extra data follows its member {quoted(entry.member.path)}")
        while not inflater.eof and (last := inflater.decompress(b"", _PIECE)):
            yield last
    except zlib.error as error:
        raise ArchiveError(f"its member {quoted(entry.member.path)} is damaged ({error})") from None
    if not inflater.eof:
        raise ArchiveError(f"its member {quoted(entry.member.path)} ends too early")


def _list(archive: bytes) -> tuple[list[_Listed], int]:
    """Return the central directory and its offset; it must end where the archive ends."""
    end = archive.rfind(b"PK\x05\x06")
    if end < 0 or len(archive) < end + _END.size:
        raise ArchiveError(
            "it is not a zip archive",
            hint="check where it comes from: a server may have sent an error page",
        )
    _, disk, first_disk, here, count, size, start, comment = _END.unpack_from(archive, end)
    if len(archive) != end + _END.size + comment:
        raise ArchiveError("it has extra data after its end")
    if disk or first_disk or here != count or archive[max(end - 20, 0) :][:4] == b"PK\x06\x07":
        raise ArchiveError("it is a multi-part or zip64 archive")
    if count > MOST_MEMBERS:
        raise ArchiveError(f"it has more than {MOST_MEMBERS} members")
    if start + size != end:
        raise ArchiveError("its central directory is not at the declared offset")
    if archive.find(b"PK\x05\x06", start) != end:
        raise ArchiveError("it has two end records, and programs differ in which they use")
    listed = []
    at = start
    for _ in range(count):
        each, at = _listed(archive, at, end)
        listed.append(each)
    if at != end:
        raise ArchiveError("its central directory is longer than it declares")
    return listed, start


def _listed(archive: bytes, at: int, end: int) -> tuple[_Listed, int]:
    """Return one entry of the central directory, and the offset of the next."""
    if at + _LISTED.size > end:
        raise ArchiveError("its central directory is damaged")
    fields = _LISTED.unpack_from(archive, at)
    mark, made_by, _, flags, method, time, day, crc, packed_size, size = fields[:10]
    name_size, extra_size, comment_size, disk, _, attributes, offset = fields[10:]
    after = at + _LISTED.size
    stop = after + name_size + extra_size + comment_size
    if mark != b"PK\x01\x02" or stop > end or disk:
        raise ArchiveError("its central directory is damaged")
    name = archive[after : after + name_size]
    _check_extra(archive[after + name_size : after + name_size + extra_size], name)
    return _Listed(
        *(name, made_by >> 8, flags, method, crc, packed_size, size, attributes, offset),
        date=(day, time),
    ), stop


def _entry(archive: bytes, listed: _Listed) -> tuple[ZipEntry, int]:
    """Return a member whose local header matches the central directory, and its end offset."""
    told = quoted(_text(listed.name))
    if listed.offset + _LOCAL.size > len(archive):
        raise ArchiveError(f"its member {told} is not at the offset in the central directory")
    fields = _LOCAL.unpack_from(archive, listed.offset)
    mark, _, flags, method, _, _, crc, packed_size, size, name_size, extra_size = fields
    after = listed.offset + _LOCAL.size
    start = after + name_size + extra_size
    name = archive[after : after + name_size]
    sizes = (crc, packed_size, size)
    real = (listed.crc, listed.packed_size, listed.size)
    is_late = bool(flags & _SIZES_FOLLOW)
    differing = (flags ^ listed.flags) & ~_SPEED_FLAGS
    if (mark, name, method, differing) != (b"PK\x03\x04", listed.name, listed.method, 0) or (
        sizes != real and not (is_late and not any(sizes))
    ):
        raise ArchiveError(f"its member {told} has a header unlike the central directory")
    _check_extra(archive[after + name_size : start], name)
    member = _member(listed)
    end = _after_descriptor(archive, start + listed.packed_size, real)
    if is_late and end == start + listed.packed_size:
        raise ArchiveError(f"its member {told} has sizes unlike the central directory")
    if end > len(archive):
        raise ArchiveError(f"its member {told} ends after the end of the archive")
    packed = (method == _DEFLATED, start, listed.packed_size, listed.crc)
    mode = listed.attributes >> 16 & 0o777 if listed.host == _UNIX else 0
    return ZipEntry(member, *packed, mode, listed.date), end


def _after_descriptor(archive: bytes, at: int, real: tuple[int, int, int]) -> int:
    """Return the end of a member; a data descriptor may follow, as in zips that LuaRocks writes."""
    marked = at + 4 if archive[at : at + 4] == b"PK\x07\x08" else at
    end = marked + _DESCRIPTOR.size
    return end if archive[marked:end] == _DESCRIPTOR.pack(*real) else at


def _member(listed: _Listed) -> Member:
    """Return the member that the central directory describes."""
    name = _text(listed.name)
    told = quoted(name)
    if listed.flags & ~_HARMLESS_FLAGS or listed.method not in (_STORED, _DEFLATED):
        raise ArchiveError(f"its member {told} is encrypted or compressed in an unknown way")
    if listed.method == _STORED and listed.packed_size != listed.size:
        raise ArchiveError(f"its member {told} is stored but has two different sizes")
    if listed.size > _FREE_BYTES + _PACKED_BEST * listed.packed_size:
        raise ArchiveError(f"its member {told} has a compression ratio of more than {_PACKED_BEST}")
    mode = listed.attributes >> 16
    is_directory = name.endswith("/")
    kind = _kind(mode, told, is_directory=is_directory)
    if listed.attributes & _VOLUME_LABEL or (is_directory and listed.size):
        raise ArchiveError(f"its member {told} is a volume label, or a directory with content")
    check_mode(name, mode if kind is Kind.FILE else 0)
    if ";" in name:
        raise ArchiveError(f"the name of its member {told} has a semicolon, which unzip cuts")
    return Member(member_path(name), kind, listed.size)


def _kind(mode: int, told: str, *, is_directory: bool) -> Kind:
    """Return the kind of a member; its mode and its name must agree."""
    usual = Kind.DIRECTORY if is_directory else Kind.FILE
    kind = {0: usual, **_MODES}.get(stat.S_IFMT(mode))
    if kind is None or (kind is not usual and kind is not Kind.LINK):
        raise ArchiveError(f"its member {told} is a device, a FIFO or another special file")
    return kind


def _check_extra(extra: bytes, name: bytes) -> None:
    """Raise if an extra field gives a member another name, or zip64 sizes."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, at)
        content = extra[at + 4 : at + 4 + size]
        at += 4 + size
        if kind == _ZIP64:
            raise ArchiveError("it is a zip64 archive")
        if kind == _UNICODE_PATH and content[5:] != name:
            raise ArchiveError(f"its member {quoted(_text(name))} has a second name")
    if at != len(extra):
        raise ArchiveError(f"its member {quoted(_text(name))} has a damaged extra field")


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
