"""Package files that nobody has installed: what is in them of Lua, with its content.

They are untrusted. Nothing is unpacked to the disk, links are resolved among the package's own
files, and a module whose link leads out of the package makes the package unusable: its content is
on no system that we know.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from importlib import import_module
from types import MappingProxyType

from distrorocks.errors import DistrorocksError
from distrorocks.families.lua_files import COPYRIGHT, classify
from distrorocks.families.package import Package
from distrorocks.rocks.quotation import plain, quoted
from distrorocks.system.files.named_file import read_named
from distrorocks.system.files.packed_file import read_packed
from distrorocks.system.files.scratch import ScratchDirectory
from distrorocks.values import NamedTuple

MOST_BYTES = 256 << 20
"""Bytes of the largest package file that is read."""

ENDINGS: Mapping[str, str] = MappingProxyType({".deb": "deb", ".rpm": "rpm"})
"""The family of a package file by the end of its name."""

_MOST_LINKS = 40


class PackageFileError(DistrorocksError):
    """A package file is damaged or hostile, or has a form that is not read."""


class PackageFile(NamedTuple):
    """A package and its files of Lua.

    ``package.files`` are the paths that matter and lead to a regular file of the package;
    ``contents`` has their bytes. ``library_dir`` is where C modules lie below ``/usr``.
    ``distribution`` is the os-release ID that the package names, "" for none.
    """

    package: Package
    contents: Mapping[str, bytes]
    library_dir: str
    license: str
    distribution: str = ""


class Unpacked(NamedTuple):
    """The files of a package by absolute path: content of regular files, targets of links."""

    files: Mapping[str, bytes]
    links: Mapping[str, str]


def is_package_file(name: str) -> bool:
    """Return whether a name is that of a package file that can be read."""
    return posixpath.splitext(name)[1] in ENDINGS


def read_package_file(path: str) -> PackageFile:
    """Read a package file, or raise ``DistrorocksError``, which names the file."""
    family = ENDINGS[posixpath.splitext(path)[1]]
    content = read_named(path, MOST_BYTES)
    try:
        reader = import_module(f"distrorocks.families.{family}.package_file")
        found: PackageFile = reader.parse_package_file(content)
    except DistrorocksError as error:
        brief = error.brief if path in error.brief else f"{plain(path)}: {error.brief}"
        raise PackageFileError(brief, detail=error.detail, hint=error.hint) from None
    return found


def opened_part(name: str, packed: bytes, limit: int) -> bytes:
    """Return a part of a package, decompressed as its name says, of at most ``limit`` bytes."""
    with ScratchDirectory() as scratch:
        path = scratch.write(name, packed)
        try:
            return b"".join(read_packed(path, limit=limit))
        except DistrorocksError as error:
            brief = error.brief.replace(path, f"its {name}")
            raise PackageFileError(brief, hint=error.hint) from None


def contents_of(unpacked: Unpacked) -> dict[str, bytes]:
    """Return the content of each path that matters, links resolved inside the package.

    A link to a directory of the package counts for nothing, as where it is installed. Raise
    ``PackageFileError`` for a module or a command that is a link out of the package.
    """
    directories = {above for path in unpacked.files for above in _above(path)}
    contents = {}
    for path in sorted({*unpacked.files, *unpacked.links}):
        file = classify(path)
        if file is None:
            continue
        real = resolve(unpacked, path)
        if real in unpacked.files:
            contents[path] = unpacked.files[real]
        elif real not in directories and file.kind != COPYRIGHT:
            raise PackageFileError(
                f"its file {quoted(path)} is a link to {quoted(unpacked.links.get(path, ''))}, "
                "which the package does not have",
                hint="install the packages in a root, and pack them with --all --root DIR",
            )
    return contents


def _above(path: str) -> Iterable[str]:
    """Yield the directories above a path."""
    while path := path.rpartition("/")[0]:
        yield path


def resolve(unpacked: Unpacked, path: str) -> str:
    """Return the path without links that a path leads to, "" for a loop.

    Links are followed as on a system whose root has the package's files; the result may be a path
    that the package does not have.
    """
    left = _MOST_LINKS
    done = ""
    parts = path.strip("/").split("/")[::-1]
    while parts:
        part = parts.pop()
        if part in ("", "."):
            continue
        if part == "..":
            done = done.rpartition("/")[0]
            continue
        here = f"{done}/{part}"
        target = unpacked.links.get(here)
        if target is None:
            done = here
            continue
        left -= 1
        if not left:
            return ""
        parts += target.split("/")[::-1]
        done = "" if target.startswith("/") else done
    return done
