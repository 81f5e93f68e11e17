"""The cache of a refresh on disk, in /var/cache/distrorocks of a root: it only saves time.

It is ASCII text: the checksum of the rest, the fingerprint of the code and options that made it,
then one line per table: its name, a tab, and its rows as JSON (``system/files/cache``). A root may
come from elsewhere with its cache in it, so the cache is untrusted input. It is used only if nobody
else can write it and the same code made it with the same options, names and distribution.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cache

from distrorocks import __version__
from distrorocks.errors import DistrorocksError
from distrorocks.md5 import md5
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.cache import Cache, fingerprint
from distrorocks.system.files.shipped_files import PACKAGE
from distrorocks.system.files.trust import read_trusted, trusted_path
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

DIRECTORY = "/var/cache/distrorocks"
NAME, STAMP_NAME = "refresh.cache", "hook.stamp"
PATH = f"{DIRECTORY}/{NAME}"
LIMIT = 256 * 1024 * 1024


def read_cache(root: str, basis: tuple[Any, ...]) -> Cache:
    """Return the cache of an earlier run with the same ``basis``, else an empty one.

    A cache that cannot be read is removed, so that no later run tries it again.
    """
    try:
        return Cache(_tables(read_trusted(root, PATH, LIMIT), basis))
    except DistrorocksError:
        return Cache()
    except (ValueError, TypeError, KeyError, RecursionError, MemoryError):
        remove_cache(root)
        return Cache()


def write_cache(root: str, basis: tuple[Any, ...], cache: Cache) -> None:
    """Write the cache for the next run, if it has changed; failure only costs time.

    An empty stamp file tells the hook that the refresh is done; the hook records its inputs there.
    """
    try:
        directory = trusted_path(root, DIRECTORY)
        with Beneath(root) as below:
            below.make_directories(directory)
            if cache.is_new or below.status(f"{directory}/{NAME}") is None:
                below.write(f"{directory}/{NAME}", _document(basis, cache))
            below.write(f"{directory}/{STAMP_NAME}", b"")
    except (OSError, ValueError, TypeError, RecursionError, MemoryError, DistrorocksError):
        remove_cache(root)


def remove_cache(root: str) -> None:
    """Remove the cache, before changes that may be left half done."""
    with suppress(OSError, DistrorocksError), Beneath(root) as below:
        directory = trusted_path(root, DIRECTORY)
        below.sweep(directory)
        for name in (STAMP_NAME, NAME):
            with suppress(FileNotFoundError):
                below.remove_file(f"{directory}/{name}")
        below.remove_directory(directory)


def _document(basis: tuple[Any, ...], cache: Cache) -> bytes:
    """Return the content of a cache file."""
    lines = [f"{name}\t{rows}" for name, rows in cache.known.items()]
    text = "\n".join([_maker(basis), *lines]).encode("ascii")
    return _sum(text) + b"\n" + text


def _tables(content: bytes, basis: tuple[Any, ...]) -> dict[str, str]:
    """Return the tables in a file, none if another ``basis`` made it; raise if it is damaged."""
    mark, _, text = content.partition(b"\n")
    if _sum(text) != mark:
        raise ValueError("it is not whole")
    maker, *lines = text.decode("ascii").split("\n")
    if maker != _maker(basis):
        return {}
    return dict(line.split("\t") for line in lines)


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
