"""Unpack archives of sources and rocks into a new folder.

Every archive is first read whole by the strict readers (``strict_zip``, ``strict_tar``), which
refuse what programs could read in different ways, what leaves the folder, devices and bombs. Then
its members are written through handles. The file name's extension gives the kind, as in LuaRocks
(``fs.unpack_archive``); LuaRocks knows no ``.tar``, ``.tar.xz`` and ``.tar.zst``.
"""

from __future__ import annotations

import contextlib
import os
import tarfile
import tempfile
import time
from collections.abc import Generator, Iterable

from distrorocks.errors import DistrorocksError
from distrorocks.patterns import regex
from distrorocks.rocks.quotation import plain, quoted
from distrorocks.sources.new_folder import PLAIN, NewFolder, mode_of
from distrorocks.sources.source import SourceError
from distrorocks.system.files.archive_member import (
    MOST_UNPACKED,
    ArchiveError,
    Kind,
    Member,
    member_path,
)
from distrorocks.system.files.packed_file import DAMAGE, decompressed
from distrorocks.system.files.strict_tar import read_tar
from distrorocks.system.files.strict_zip import ZipEntry, content_of, read_zip
from distrorocks.system.processes.command import find_program, stream
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import IO

_TAR = regex(r"\.(?:tar|tar\.(?:gz|bz2|xz|zst)|tgz|tbz2?|txz)\Z")
_ZSTD = b"\x28\xb5\x2f\xfd"
_PIECE = 1 << 20
_SINGLE = (".lua", ".c")


def is_archive(name: str) -> bool:
    """Return whether a file of that name can be unpacked."""
    return name.endswith(".zip") or _TAR.search(name) is not None


def unpack_source(content: bytes, name: str, folder: str) -> None:
    """Unpack the file ``name`` with ``content`` into the existing ``folder``.

    A ``.lua`` or ``.c`` file is written as it is. Raise ``SourceError``, which names the file.
    """
    try:
        with NewFolder(folder) as place:
            if name.endswith(_SINGLE):
                place.add_file(name, content, PLAIN)
            elif name.endswith(".zip"):
                _unpack_zip(content, read_zip(content), place)
            elif _TAR.search(name):
                _unpack_tar(content, place)
            else:
                raise ArchiveError(
                    "its extension is not that of an archive",
                    hint="known are .zip, .tar, .tar.gz, .tar.bz2, .tar.xz, .tar.zst, .lua and .c; "
                    "set source.file in the rockspec if the URL hides the name",
                )
    except DistrorocksError as error:
        raise SourceError(
            f"{plain(name)} cannot be unpacked: {error.brief}",
            detail=error.detail,
            hint=error.hint or "check where it comes from, and report it to its maintainer",
        ) from None


def unpack_rock(content: bytes, folder: str) -> None:
    """Unpack a ``.rock`` file into the existing ``folder``; raise ``ArchiveError``.

    Rocks have no links. What anyone may execute keeps its x bits, as LuaRocks does on unpacking.
    """
    entries = read_zip(content)
    for entry in entries:
        if entry.member.kind not in (Kind.FILE, Kind.DIRECTORY):
            raise ArchiveError(
                f"its member {quoted(entry.member.path)} is {entry.member.kind.value}, "
                "and LuaRocks packs none"
            )
    with NewFolder(folder) as place:
        _unpack_zip(content, entries, place)


def _unpack_zip(content: bytes, entries: Iterable[ZipEntry], place: NewFolder) -> None:
    for entry in entries:
        path, kind, _, target = entry.member
        if kind is Kind.DIRECTORY:
            place.add_directory(path)
        elif kind is Kind.LINK:
            place.add_link(path, target)
        else:
            text = b"".join(content_of(content, entry))
            place.add_file(path, text, mode_of(entry.mode), _seconds(*entry.date))


def _seconds(day: int, moment: int) -> int:
    """Return MS-DOS's local date and time as seconds since 1970, 0 for none."""
    date = (1980 + (day >> 9), day >> 5 & 15, day & 31)
    clock = (moment >> 11, moment >> 5 & 63, (moment & 31) * 2)
    if not (1 <= date[1] <= 12 and date[2] >= 1):
        return 0
    try:
        return int(time.mktime((*date, *clock, 0, 0, -1)))
    except (OverflowError, ValueError):
        return 0


def _unpack_tar(content: bytes, place: NewFolder) -> None:
    with tempfile.TemporaryFile(dir=place.root) as plain_tar:
        _decompress(content, plain_tar, place.root)
        plain_tar.seek(0)
        known = {(member.path, member.kind, member.target) for member in read_tar(plain_tar)}
        plain_tar.seek(0)
        try:
            with tarfile.open(fileobj=plain_tar, mode="r:", encoding="utf-8") as archive:
                for info in archive:
                    _unpack_member(archive, info, known, place)
        except (tarfile.TarError, EOFError, ValueError) as error:
            raise ArchiveError(f"it is damaged ({plain(error)})") from None


def _unpack_member(
    archive: tarfile.TarFile,
    info: tarfile.TarInfo,
    known: set[tuple[str, Kind, str]],
    place: NewFolder,
) -> None:
    """Write one member, which must be one that the strict reader has found."""
    member = _member(info)
    if not member.path and member.kind is Kind.DIRECTORY:
        return
    if (member.path, member.kind, member.target) not in known:
        raise ArchiveError(f"programs differ in how they read its member {quoted(member.path)}")
    if member.kind is Kind.DIRECTORY:
        place.add_directory(member.path)
    elif member.kind is Kind.LINK:
        place.add_link(member.path, member.target)
    elif member.kind is Kind.HARD_LINK:
        place.add_hard_link(member.path, member_path(member.target))
    else:
        file = archive.extractfile(info)
        content = file.read() if file else b""
        if len(content) != info.size:
            raise ArchiveError("its tar ends in the middle of a member")
        place.add_file(member.path, content, mode_of(info.mode), int(info.mtime))


def _member(info: tarfile.TarInfo) -> Member:
    """Return a member as Python reads it."""
    path = member_path(info.name or ".")
    if info.isdir():
        return Member(path, Kind.DIRECTORY, 0)
    if info.issym():
        return Member(path, Kind.LINK, 0, info.linkname)
    if info.islnk():
        return Member(path, Kind.HARD_LINK, 0, info.linkname)
    return Member(path, Kind.FILE, info.size)


def _decompress(content: bytes, target: IO[bytes], scratch: str) -> None:
    """Write the tar in a compressed file to ``target``, up to the limit of archives."""
    left = MOST_UNPACKED
    try:
        with contextlib.closing(_pieces(content, scratch)) as pieces:
            for piece in pieces:
                left -= len(piece)
                if left < 0:
                    raise ArchiveError(f"it unpacks to more than {MOST_UNPACKED} bytes")
                target.write(piece)
    except DAMAGE as error:
        if getattr(error, "errno", None):
            raise ArchiveError(f"its content cannot be written ({plain(error)})") from None
        raise ArchiveError(f"it is damaged ({plain(error)})") from None


def _pieces(content: bytes, scratch: str) -> Generator[bytes, None, None]:
    """Yield the decompressed parts of a file; ``scratch`` is a private directory."""
    if not content.startswith(_ZSTD):
        with decompressed(content) as opened:
            while piece := opened.read(_PIECE):
                yield piece
        return
    program = find_program("zstd")
    if program is None:
        raise ArchiveError("Python cannot decompress zstd", hint="install the package zstd")
    with tempfile.NamedTemporaryFile(dir=scratch) as file:
        file.write(content)
        file.flush()
        yield from stream([program, "-dcq", os.path.abspath(file.name)])
