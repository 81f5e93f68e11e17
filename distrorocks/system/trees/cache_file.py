"""The cache of a refresh on disk, in /var/cache/distrorocks of a root: it only saves time.

Each piece of it is a file of ASCII text: the checksum of the rest; the fingerprint of the code and
options that made it, with the number of pieces; then one line per table: its name, a tab, and its
rows as JSON (``system/files/cache``). A small system has one piece. A root may come from elsewhere
with its cache in it, so the cache is untrusted input. It is used only if nobody else can write it
and the same code made it with the same options, names and distribution.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache

from distrorocks import __version__
from distrorocks.errors import DistrorocksError
from distrorocks.md5 import md5
from distrorocks.patterns import regex
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.cache import MOST_PIECES, Cache, Piece, fingerprint
from distrorocks.system.files.shipped_files import PACKAGE
from distrorocks.system.files.trust import read_trusted, trusted_path
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

DIRECTORY = "/var/cache/distrorocks"
NAME, STAMP_NAME = "refresh.cache", "hook.stamp"
PATH = f"{DIRECTORY}/{NAME}"
_PIECE = regex(rf"{re.escape(NAME)}(?:-[0-9]+)?")
LIMIT = 256 * 1024 * 1024
"""Bytes of all pieces."""


def read_cache(root: str, basis: tuple[Any, ...]) -> Cache:
    """Return the cache of an earlier run with the same ``basis``, else an empty one.

    A cache that cannot be read is removed, so that no later run tries it again.
    """
    try:
        maker, content = _maker(basis), read_trusted(root, PATH, LIMIT)
        count, first = _parsed(content, maker)
        return Cache([first, *_others(root, maker, count, LIMIT - len(content))] if count else [])
    except DistrorocksError:
        return Cache()
    except (ValueError, TypeError, KeyError, RecursionError, MemoryError):
        remove_cache(root)
        return Cache()


def _others(root: str, maker: str, count: int, left: int) -> Iterator[Piece]:
    """Yield the pieces after the first; one that is not there, or of another number, is empty."""
    for number in range(1, count):
        try:
            content = read_trusted(root, _path(number), left)
        except DistrorocksError:
            yield {}
            continue
        left -= len(content)
        of, piece = _parsed(content, maker)
        yield piece if of == count else {}


def write_cache(root: str, basis: tuple[Any, ...], cache: Cache) -> None:
    """Write what has changed of the cache, for the next run; failure only costs time.

    An empty stamp file tells the hook that the refresh is done; the hook records its inputs there.
    """
    try:
        directory = trusted_path(root, DIRECTORY)
        maker, pieces = _maker(basis), cache.pieces
        changed = [
            number
            for number, piece in enumerate(pieces)
            if number >= len(cache.earlier) or piece is not cache.earlier[number]
        ]
        with Beneath(root) as below:
            below.make_directories(directory)
            for number in changed:
                content = _document(maker, len(pieces), pieces[number])
                below.write(f"{directory}/{_name(number)}", content)
            known = {*map(_name, range(len(pieces)))}
            _remove(below, directory, lambda name: name not in known and _is_piece(name))
            below.write(f"{directory}/{STAMP_NAME}", b"")
    except (OSError, ValueError, TypeError, RecursionError, MemoryError, DistrorocksError):
        remove_cache(root)


def remove_stamp(root: str) -> None:
    """Remove the stamp, before changes that may be left half done: the next hook must run.

    The cache stays, since each row in it says of which state of its files it is true.
    """
    with suppress(OSError, DistrorocksError), Beneath(root) as below:
        below.remove_file(f"{trusted_path(root, DIRECTORY)}/{STAMP_NAME}")


def remove_cache(root: str) -> None:
    """Remove the stamp and the cache."""
    with suppress(OSError, DistrorocksError), Beneath(root) as below:
        directory = trusted_path(root, DIRECTORY)
        below.sweep(directory)
        _remove(below, directory, lambda name: name == STAMP_NAME or _is_piece(name))
        below.remove_directory(directory)


def _remove(below: Beneath, directory: str, is_meant: Callable[[str], bool]) -> None:
    for name in filter(is_meant, below.names(directory)):
        with suppress(OSError):  # a directory in its place, say, keeps no other from going
            below.remove_file(f"{directory}/{name}")


def _is_piece(name: str) -> bool:
    return bool(_PIECE.fullmatch(name))


def _name(number: int) -> str:
    return f"{NAME}-{number}" if number else NAME


def _path(number: int) -> str:
    return f"{DIRECTORY}/{_name(number)}"


def _document(maker: str, count: int, piece: Piece) -> bytes:
    """Return the content of the file of one of ``count`` pieces."""
    lines = [f"{name}\t{rows}" for name, rows in piece.items()]
    text = "\n".join([f"{maker} {count}", *lines]).encode("ascii")
    return _sum(text) + b"\n" + text


def _parsed(content: bytes, maker: str) -> tuple[int, Piece]:
    """Return how many pieces there are, and the one in a file; raise if it is damaged.

    The number is 0 where another ``maker`` made it.
    """
    mark, _, text = content.partition(b"\n")
    if _sum(text) != mark:
        raise ValueError("it is not whole")
    head, *lines = text.decode("ascii").split("\n")
    by, _, count = head.rpartition(" ")
    if by != maker:
        return 0, {}
    if not 1 <= int(count) <= MOST_PIECES:
        raise ValueError("it has too many pieces")
    return int(count), dict(line.split("\t") for line in lines)


def _sum(text: bytes) -> bytes:
    return md5(text).hexdigest().encode("ascii")


def _maker(basis: tuple[Any, ...]) -> str:
    """Return the fingerprint of the basis and of this code."""
    return fingerprint((__version__, sys.version, _code(), basis))


@cache
def _code() -> tuple[int, int]:
    """Return how many places the code has, and when the last of them changed (its ctime).

    A package replaces files, which changes their directories, and no archive brings such a time:
    these few are enough. In a checkout files are edited in place, so that each counts.
    """
    is_checkout = os.path.exists(f"{PACKAGE}/../pyproject.toml")
    times = []
    for directory, folders, names in os.walk(PACKAGE):
        folders[:] = [each for each in folders if each != "__pycache__"]
        times.append(os.stat(directory).st_ctime_ns)
        if is_checkout:
            times += [os.stat(f"{directory}/{name}").st_ctime_ns for name in names]
    return len(times), max(times)
