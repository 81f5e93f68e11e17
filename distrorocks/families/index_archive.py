"""The members of a repository's index that is a tar archive, as pacman and apk have them.

Whoever runs a repository makes it: neither headers nor members may cost more than their limits.
"""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from gzip import GzipFile
from io import BufferedReader
from lzma import LZMAError
from typing import Self

from distrorocks.system.files.bounded_file import FileReadError, open_regular
from distrorocks.system.files.packed_file import MOST_BYTES, PackedFileError

_MOST_OF_ONE = 32 << 20
_MOST_OF_HEADER = 1 << 20
_GZIP = b"\x1f\x8b"
_DAMAGE = (
    *(tarfile.TarError, zlib.error, LZMAError),
    *(EOFError, OSError, ValueError, TypeError, OverflowError, LookupError),
)
_OF_HEADERS = (
    *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
    *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK),
)


class _Header(tarfile.TarInfo):
    """A header; extension headers are read whole, so their size is bounded."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        header = super().frombuf(buf, encoding, errors)
        is_long = header.type in _OF_HEADERS and header.size > _MOST_OF_HEADER
        if is_long or header.type == tarfile.GNUTYPE_SPARSE:
            raise PackedFileError("a header has more than can be read")
        return header


def members(path: str, name: str, mark: bytes = b"") -> Iterator[tuple[str, bytes]]:
    """Yield path and text of each regular member called ``name`` that contains ``mark``.

    Raise PackedFileError at a fault and past the limits.
    """
    try:
        with open_regular(path, MOST_BYTES) as file, closing(_archive(file)) as archive:
            yield from _texts(archive, name, mark)
    except PackedFileError as error:
        raise PackedFileError(f"{path} cannot be used: {error.brief}") from None
    except FileReadError as error:
        raise PackedFileError(error.brief, hint=error.hint) from None
    except RecursionError:  # Python reads headers of headers by recursion
        raise PackedFileError(f"{path} is damaged: headers without end") from None
    except _DAMAGE as error:
        raise PackedFileError(f"{path} is damaged or packed in another way: {error}") from None


def _archive(file: BufferedReader) -> tarfile.TarFile:
    """Return an open file as a tar; apk's has several gzip streams, which tarfile cannot read."""
    if file.peek(len(_GZIP)).startswith(_GZIP):
        return tarfile.open(fileobj=GzipFile(fileobj=file), mode="r|", tarinfo=_Header)
    return tarfile.open(fileobj=file, mode="r|*", tarinfo=_Header)


def _texts(archive: tarfile.TarFile, name: str, mark: bytes) -> Iterator[tuple[str, bytes]]:
    left = MOST_BYTES
    for member in archive:
        left -= member.size
        if left < 0 or member.size > _MOST_OF_ONE:
            raise PackedFileError("it holds more than can be read")
        if not member.isreg() or member.name.rpartition("/")[2] != name:
            continue
        stream = archive.extractfile(member)
        text = stream.read() if stream else b""
        if mark in text:
            yield member.name, text
