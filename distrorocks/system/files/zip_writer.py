"""Zip archives whose bytes follow from their content: fixed order, times and modes.

LuaRocks packs members in the order of the directory, with the time of each file and the umask of
whoever packs; so no two rocks are alike. Here the same files give the same archive, as far as zlib
compresses alike.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import NamedTuple

from distrorocks.system.files.archive_member import (
    ArchiveError,
    Kind,
    Member,
    Tally,
    check_members,
    member_path,
)

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # a zip knows no earlier one
_UNIX = 3
_LEVEL = 9
_BEST_RATIO = 100


class ZippedFile(NamedTuple):
    """The content of a file to zip, and whether it is a program."""

    content: bytes
    is_executable: bool = False


def zip_of(files: Mapping[str, ZippedFile]) -> bytes:
    """Return an archive of files by path, in byte order of their paths, without directories.

    Raise ``ArchiveError`` for paths that are no members of an archive, or for too many files.
    """
    tally = Tally()
    for path, file in files.items():
        if member_path(path) != path or not path:
            raise ArchiveError(f"{path!r} is not a path of an archive")
        tally.add(len(file.content))
    check_members([Member(path, Kind.FILE, len(file.content)) for path, file in files.items()])
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for path in sorted(files, key=lambda it: it.encode("utf-8", "surrogateescape")):
            _add(archive, path, files[path])
    return written.getvalue()


def _add(archive: zipfile.ZipFile, path: str, file: ZippedFile) -> None:
    """Add one file; it is stored where packing gains nothing, or looks like a bomb to readers."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        raise ArchiveError(f"the name {path!r} is not UTF-8") from None
    entry = zipfile.ZipInfo(path, date_time=_FIRST_DAY)
    entry.create_system = _UNIX
    mode = 0o755 if file.is_executable else 0o644
    entry.external_attr = (stat.S_IFREG | mode) << 16
    size, packed = len(file.content), len(zlib.compress(file.content, _LEVEL))
    is_packed = packed < size < _BEST_RATIO * packed
    entry.compress_type = zipfile.ZIP_DEFLATED if is_packed else zipfile.ZIP_STORED
    archive.writestr(entry, file.content, compresslevel=_LEVEL)
