"""Pack a built rock into a binary rock: the same files always give the same bytes.

Members are sorted by bytes and have one date and one of two modes. A built rock comes from a build
that runs code of others, so links, special files and floods are refused, and what is packed must be
readable by the strict reader, which will unpack it.
"""

from __future__ import annotations

import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator

from distrorocks.rocks.quotation import plain, quoted
from distrorocks.sources.new_folder import mode_of
from distrorocks.system.files.archive_member import MOST_MEMBERS, MOST_UNPACKED, ArchiveError
from distrorocks.system.files.named_folder import MOST_LEVELS, NamedFolder
from distrorocks.system.files.strict_zip import read_zip
from distrorocks.values import NamedTuple

ALL = "all"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_LEVEL = 6
_BEST_RATIO = 100  # the strict reader refuses what looks like a bomb
_LARGE = 1 << 20
_ELF = b"\x7fELF"


class PackedBuild(NamedTuple):
    """A binary rock; ``is_portable`` is true if it has nothing of one machine (``all``)."""

    content: bytes
    is_portable: bool


def pack_rock(directory: str) -> PackedBuild:
    """Return the built rock in ``directory`` as the content of a ``.rock`` file.

    Raise ``ArchiveError``, ``FileReadError`` or ``BlockedError`` if it has anything but files and
    directories, is larger than archives may be, or has names that not all programs read alike.
    """
    packed = io.BytesIO()
    left = MOST_UNPACKED
    is_portable = True
    with NamedFolder(directory) as folder, zipfile.ZipFile(packed, "w") as archive:
        for count, (path, status) in enumerate(_members(folder, "", 0)):
            if count >= MOST_MEMBERS:
                raise ArchiveError(f"it has more than {MOST_MEMBERS} members")
            if stat.S_ISDIR(status.st_mode):
                _add(archive, f"{path}/", b"", stat.S_IFDIR | 0o755)
                continue
            content = folder.read(f"/{path}", left)
            left -= len(content)
            _add(archive, path, content, stat.S_IFREG | mode_of(status.st_mode))
            is_portable = is_portable and not _is_of_machine(path, content)
    content = packed.getvalue()
    read_zip(content)
    return PackedBuild(content, is_portable)


def _members(folder: NamedFolder, above: str, level: int) -> Iterator[tuple[str, os.stat_result]]:
    """Yield files and directories with their status, sorted, each directory before its content."""
    if level > MOST_LEVELS:
        raise ArchiveError(f"it has more than {MOST_LEVELS} directories within each other")
    for name in folder.names(f"/{above}".rstrip("/")):
        path = f"{above}{name}"
        status = folder.status(f"/{path}")
        if status is None or not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            raise ArchiveError(f"its {quoted(path)} is neither a file nor a directory")
        yield path, status
        if stat.S_ISDIR(status.st_mode):
            yield from _members(folder, f"{path}/", level + 1)


def _add(archive: zipfile.ZipFile, name: str, content: bytes, mode: int) -> None:
    try:
        name.encode()
    except UnicodeEncodeError:
        raise ArchiveError(f"the name {plain(name)} in it is not UTF-8") from None
    info = zipfile.ZipInfo(name, _EPOCH)
    info.create_system = _UNIX
    info.external_attr = mode << 16
    is_packed = bool(content) and not _is_like_a_bomb(content)
    kind = zipfile.ZIP_DEFLATED if is_packed else zipfile.ZIP_STORED
    archive.writestr(info, content, kind, _LEVEL)


def _is_like_a_bomb(content: bytes) -> bool:
    """Return whether a large file packs so well that readers refuse it."""
    if len(content) <= _LARGE:
        return False
    return len(content) > _BEST_RATIO * len(zlib.compress(content, _LEVEL))


def _is_of_machine(path: str, content: bytes) -> bool:
    """Return whether a file runs on one kind of machine only, by LuaRocks' rule for ``all``."""
    return path.startswith("lib/") or (path.startswith("bin/") and content.startswith(_ELF))
