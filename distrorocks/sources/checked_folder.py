"""The files that another program put into a private folder: checked, made plain, and digested.

A repository may hold links to anywhere, and a build as another user must read what it holds. So a
link that leads out of the folder is refused like that of an archive, special files and set-id bits
too, and all modes are made plain.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import stat
from collections.abc import Iterator
from contextlib import suppress

from distrorocks.rocks.quotation import plain, quoted
from distrorocks.sources.new_folder import PROGRAM, mode_of
from distrorocks.sources.source import SourceError
from distrorocks.system.files.bounded_file import open_regular
from distrorocks.system.files.tree_removal import remove_tree

MOST_FILES = 100_000
"""Files, links and folders of a checkout."""

MOST_BYTES = 1 << 30
"""Bytes of all files of a checkout."""

_DEEPEST = 128
_PART = 1 << 20


def check_folder(folder: str, what: str) -> str:
    """Return the SHA-256 of all below ``folder``, after making its modes plain.

    It covers paths, kinds, x bits, contents and targets of links, and no dates. The folder must be
    private, and no other program may be working in it. Raise ``SourceError``; ``what`` names the
    sources.
    """
    digest = hashlib.sha256()
    left = MOST_BYTES
    for count, (path, status) in enumerate(_walk(folder, "")):
        place = f"{folder}/{path}"
        if count >= MOST_FILES:
            raise _refused(what, f"they have more than {MOST_FILES} files")
        if stat.S_ISLNK(status.st_mode):
            target = os.readlink(place)
            if not leads_inside(path, target):
                raise _refused(what, f"their link {quoted(path)} leads out, to {quoted(target)}")
            _add(digest, b"link", path, os.fsencode(target))
        elif stat.S_ISREG(status.st_mode):
            left -= status.st_size
            if left < 0:
                raise _refused(what, f"they have more than {MOST_BYTES} bytes")
            mode = mode_of(status.st_mode)
            os.chmod(place, mode)
            _add(digest, b"%o" % mode, path, _digest_of(place).encode())
        elif stat.S_ISDIR(status.st_mode):
            os.chmod(place, PROGRAM)
            _add(digest, b"directory", path, b"")
        else:
            raise _refused(what, f"their {quoted(path)} is a special file")
    os.chmod(folder, PROGRAM)
    return digest.hexdigest()


def size_of(folder: str, most: int) -> int:
    """Return the bytes of the files below a folder that a program is filling, at most ``most``.

    Folders nested more deeply than ``check_folder`` accepts count as ``most``: their files could
    have names that are too long to be counted.
    """
    total = 0
    pending = [(folder, 0)]
    while pending and total < most:
        above, level = pending.pop()
        if level > _DEEPEST + 2:
            return most
        with suppress(OSError), os.scandir(above) as entries:
            for entry in entries:
                with suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        pending.append((entry.path, level + 1))
                    else:
                        total += entry.stat(follow_symlinks=False).st_size
    return min(total, most)


def remove_inner(folder: str, name: str) -> None:
    """Remove a file or a folder of a private folder, if it is there; follow no link."""
    place = f"{folder}/{name}"
    try:
        if stat.S_ISDIR(os.lstat(place).st_mode):
            remove_tree(place)
        else:
            os.unlink(place)
    except FileNotFoundError:
        return


def _walk(folder: str, above: str) -> Iterator[tuple[str, os.stat_result]]:
    """Yield relative paths below a folder, sorted by bytes, each folder before its content."""
    if above.count("/") > _DEEPEST:
        raise _refused(plain(folder), f"they have more than {_DEEPEST} folders in each other")
    with os.scandir(f"{folder}/{above}") as entries:
        names = sorted((entry.name for entry in entries), key=os.fsencode)
    for name in names:
        path = f"{above}{name}"
        status = os.lstat(f"{folder}/{path}")
        yield path, status
        if stat.S_ISDIR(status.st_mode):
            yield from _walk(folder, f"{path}/")


def leads_inside(path: str, target: str) -> bool:
    """Return whether a link stays in the folder, whatever other links are there.

    After its first steps up it must only go down: a step up after another link may lead anywhere.
    """
    parts = [part for part in target.split("/") if part not in ("", ".")]
    ups = 0
    while ups < len(parts) and parts[ups] == "..":
        ups += 1
    is_down = ".." not in parts[ups:]
    return not posixpath.isabs(target) and ups <= path.count("/") and is_down


def _digest_of(place: str) -> str:
    digest = hashlib.sha256()
    with open_regular(place, MOST_BYTES, follow=False) as file:
        while part := file.read(_PART):
            digest.update(part)
    return digest.hexdigest()


def _add(digest: hashlib._Hash, kind: bytes, path: str, rest: bytes) -> None:
    digest.update(b"%s\0%s\0%s\0" % (kind, os.fsencode(path), rest))


def _refused(what: str, why: str) -> SourceError:
    return SourceError(
        f"the sources of {what} are refused: {why}",
        hint="take another version, and report this one to its maintainer",
    )
