"""Which packages of pacman's repositories have which files of Lua: what ``pacman -Fy`` fetched."""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Iterator
from lzma import LZMAError
from typing import Self

from distrorocks.families.lua_files import classify
from distrorocks.families.package_indexes import index_files, read_each
from distrorocks.system.files.bounded_file import FileReadError, open_regular
from distrorocks.system.files.packed_file import MOST_BYTES, PackedFileError
from distrorocks.system.files.root_path import RootView

DIRECTORY = "/var/lib/pacman/sync"
_LUA = b"/lua/5."
_MOST_OF_ONE = 32 << 20
_DAMAGE = (
    *(tarfile.TarError, zlib.error, LZMAError),
    *(EOFError, OSError, ValueError, TypeError, OverflowError, LookupError),
)
_MOST_OF_HEADER = 1 << 20
_OF_HEADERS = (
    *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
    *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK),
)


class _Header(tarfile.TarInfo):
    """A header; the further ones that say more of a member are read whole, so they are bounded."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        header = super().frombuf(buf, encoding, errors)
        is_long = header.type in _OF_HEADERS and header.size > _MOST_OF_HEADER
        if is_long or header.type == tarfile.GNUTYPE_SPARSE:
            raise PackedFileError("a header has more than can be read")
        return header


def read_pacman_files(root: str) -> tuple[dict[str, tuple[str, ...]], dict[str, str], list[str]]:
    """Return the files of Lua of each package, their versions, and what could not be read."""
    files: dict[str, tuple[str, ...]] = {}
    versions: dict[str, str] = {}

    def read(path: str) -> None:
        for entry, text in _members(path):
            name, version = _named(entry)
            lines = text.decode("utf-8", "surrogateescape").splitlines()
            paths = sorted(f"/{line}" for line in lines if classify(f"/{line}"))
            if name and paths:
                files.setdefault(name, tuple(paths))
                versions.setdefault(name, version)

    places = index_files(RootView(root), DIRECTORY, lambda name: name.endswith(".files"))
    return files, versions, read_each(places, read)


def _members(path: str) -> Iterator[tuple[str, bytes]]:
    """Yield each package's list of files that has one of Lua, with the package's folder."""
    left = MOST_BYTES
    try:
        with (
            open_regular(path, MOST_BYTES) as file,
            tarfile.open(fileobj=file, mode="r|*", tarinfo=_Header) as archive,
        ):
            for member in archive:
                left -= member.size
                if left < 0 or member.size > _MOST_OF_ONE:
                    raise PackedFileError("it holds more than can be read")
                if not member.isreg() or not member.name.endswith("/files"):
                    continue
                stream = archive.extractfile(member)
                text = stream.read() if stream else b""
                if _LUA in text:
                    yield member.name.removesuffix("/files"), text
    except PackedFileError as error:
        raise PackedFileError(f"{path} cannot be used: {error.brief}") from None
    except FileReadError as error:
        raise PackedFileError(error.brief, hint=error.hint) from None
    except RecursionError:  # Python reads headers of headers by recursion
        raise PackedFileError(f"{path} is damaged: headers without end") from None
    except _DAMAGE as error:
        raise PackedFileError(f"{path} is damaged or packed in another way: {error}") from None


def _named(folder: str) -> tuple[str, str]:
    """Return the name and the version without epoch and release of ``lua-say-1:1.4.1-3``."""
    stem, _, _ = folder.rpartition("-")
    name, _, version = stem.rpartition("-")
    return name, version.rpartition(":")[2]
