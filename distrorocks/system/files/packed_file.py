"""Packed content, unpacked only as far as it is read: files of indexes, and archives in memory.

Files are read in parts, up to a limit; ``blocks`` and ``marked_lines`` find what is wanted in the
parts without holding the rest.
"""

from __future__ import annotations

import os
import zlib
from bz2 import BZ2File
from collections.abc import Collection, Iterable, Iterator
from gzip import GzipFile
from io import BufferedReader, BytesIO
from lzma import LZMAError, LZMAFile

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.bounded_file import FileReadError, open_regular
from distrorocks.system.processes.command import find_program, stream
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import IO, Any

MOST_BYTES = 2 << 30
_PART = 1 << 20
_APT_HELPER = "/usr/lib/apt/apt-helper"
_PROGRAMS = {
    ".lz4": (("lz4", "-dc"), (_APT_HELPER, "cat-file")),
    ".zst": (("zstd", "-dcq"), (_APT_HELPER, "cat-file")),
    ".zck": (("unzck", "-c"),),
}
_OWN = (".gz", ".xz", ".bz2")
ENDINGS = ("", *_OWN, *_PROGRAMS)

DAMAGE = (EOFError, OSError, zlib.error, LZMAError)
"""The errors that reading a damaged stream raises."""

_LONGEST_LINE = 1 << 20


class PackedFileError(DistrorocksError):
    """A file cannot be read, is damaged, or no installed program decompresses it."""


def read_packed(path: str, *, limit: int = MOST_BYTES) -> Iterator[bytes]:
    """Yield the decompressed content in parts; raise ``PackedFileError`` past ``limit`` bytes.

    ``limit`` applies to the decompressed and to the compressed size.
    """
    left = limit
    try:
        for part in _parts(path, limit):
            left -= len(part)
            if left < 0:
                raise PackedFileError(f"{path} holds more than {limit} bytes")
            yield part
    except FileReadError as error:
        raise PackedFileError(error.brief, hint=error.hint) from None
    except (OSError, EOFError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PackedFileError(f"cannot read {path}: {reason}") from None


def _parts(path: str, limit: int) -> Iterator[bytes]:
    ending = os.path.splitext(path)[1]
    if ending not in _PROGRAMS:
        with open_regular(path, limit) as file:
            yield from _own_parts(path, _opened(file, ending))
        return
    open_regular(path, limit).close()  # the program opens it again, in a directory owned by root
    for program, *words in _PROGRAMS[ending]:
        found = program if os.path.isfile(program) else find_program(program)
        if found:
            yield from stream([found, *words, path])
            return
    names = " or ".join(program.rpartition("/")[2] for program, *_ in _PROGRAMS[ending])
    raise PackedFileError(f"cannot unpack {path}", hint=f"install {names}")


def _own_parts(path: str, file: IO[bytes]) -> Iterator[bytes]:
    """Yield the parts of a file that Python itself can decompress."""
    with file:
        try:
            while part := file.read(_PART):
                yield part
        except (EOFError, ValueError, zlib.error, LZMAError) as error:
            raise PackedFileError(f"{path} is damaged: {error}") from None


def _opened(file: BufferedReader, ending: str) -> IO[bytes]:
    """Return an open file, decompressed according to its file name extension."""
    if ending == ".gz":
        return GzipFile(fileobj=file)  # type: ignore[return-value]
    if ending == ".xz":
        return LZMAFile(file)
    if ending == ".bz2":
        return BZ2File(file)
    return file


def blocks(parts: Iterator[bytes], end: bytes, *, longest: int = 1 << 22) -> Iterator[bytes]:
    """Yield the text between separators ``end``; raise for a block over ``longest`` bytes."""
    for text in whole_blocks(parts, end, longest=longest):
        yield from text.split(end)


def whole_blocks(parts: Iterator[bytes], end: bytes, *, longest: int = 1 << 22) -> Iterator[bytes]:
    """Yield texts of one whole block or more with ``end`` between them, as ``blocks``."""
    rest = b""
    for part in parts:
        text, found, rest = (rest + part).rpartition(end)
        if found:
            yield text
        if len(rest) > longest:
            raise PackedFileError(f"an entry has more than {longest} bytes")
    if rest:
        yield rest


def decompressed(content: bytes) -> IO[bytes]:
    """Return a stream that decompresses gzip, bzip2 or xz, or yields other ``content`` as is.

    The result may be a thousand times as large: the caller must bound how much it reads.
    """
    file = BytesIO(content)
    if content.startswith(b"\x1f\x8b"):
        unpacked: Any = GzipFile(fileobj=file)  # an IO[bytes] in all but its type
        return unpacked  # type: ignore[no-any-return]
    if content.startswith(b"BZh"):
        return BZ2File(file)
    if content.startswith(b"\xfd7zXZ"):
        return LZMAFile(file)
    return file


def marked_lines(parts: Iterable[bytes], marks: Collection[bytes]) -> Iterator[bytes]:
    """Yield the lines that contain one of ``marks``, once for each occurrence."""
    rest = b""
    for part in parts:
        text = rest + part
        end = text.rfind(b"\n") + 1
        yield from _marked(text[:end], marks)
        rest = text[end:][:_LONGEST_LINE]
    yield from _marked(rest, marks)


def _marked(text: bytes, marks: Collection[bytes]) -> Iterator[bytes]:
    for mark in marks:
        place = text.find(mark)
        while place >= 0:
            start = text.rfind(b"\n", 0, place) + 1
            end = text.find(b"\n", place)
            end = len(text) if end < 0 else end
            yield text[start:end]
            place = text.find(mark, end)
