"""One member of a zip archive in memory, read without unpacking the others.

Zips are untrusted input: the central directory, the member and its compression ratio have limits,
only stored and deflated members are read, and duplicate names are refused.
"""

from __future__ import annotations

import io
import zipfile
import zlib

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.quotation import plain, quoted

MOST_DIRECTORY = 4 * 1024 * 1024
_END = b"PK\x05\x06"
_END_SIZE = 22
_TAIL = 65536 + _END_SIZE
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class ZipError(DistrorocksError):
    """An archive is damaged, hostile, or lacks the member; the brief lacks the archive's name."""


def read_member(archive: bytes, name: str, limit: int) -> bytes:
    """Return the member ``name`` of at most ``limit`` bytes, or raise ``ZipError``."""
    _check_directory(archive)
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            members = [each for each in opened.infolist() if each.filename == name]
            if not members:
                raise ZipError(f"it holds no {quoted(name)}")
            if len(members) > 1:
                raise ZipError(f"it holds {quoted(name)} twice")
            member = members[0]
            if member.compress_type not in _METHODS or member.flag_bits & 1:
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
        raise ZipError("it is not a zip archive", hint="see what the server sent")
    size = int.from_bytes(archive[end + 12 : end + 16], "little")
    if size > MOST_DIRECTORY:
        raise ZipError("its central directory is too long, or it is a zip64 archive")
