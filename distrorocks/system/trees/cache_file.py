"""The cache of a refresh on disk, below /var/cache/distrorocks of a root: it only saves time.

It is ASCII text: the checksum of the rest, the fingerprint of what made it, then one line an
answer, its key, its fingerprint and the answer as JSON with tabs between
(``system/files/cache``).
A root may come from elsewhere with its cache in it: no text can make this reader fail but with an
error. The cache is used only if nobody else can write it and the same code made it with the same
options, names and distribution.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from hashlib import md5
from typing import Any

from distrorocks import __version__
from distrorocks.errors import DistrorocksError
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.cache import Cache, Kept, fingerprint
from distrorocks.system.files.shipped_files import PACKAGE
from distrorocks.system.files.trust import read_trusted, trusted_path

DIRECTORY = "/var/cache/distrorocks"
NAME, STAMP_NAME = "refresh.cache", "hook.stamp"
PATH = f"{DIRECTORY}/{NAME}"
LIMIT = 256 * 1024 * 1024


def read_cache(root: str, basis: tuple[Any, ...]) -> Cache:
    """Return what an earlier run on the same ground left, an empty cache for anything else.

    One that cannot be read is removed, so that no later run tries it again.
    """
    try:
        return Cache(_answers(read_trusted(root, PATH, LIMIT), basis))
    except DistrorocksError:
        return Cache()
    except (ValueError, TypeError, KeyError, RecursionError, MemoryError):
        remove_cache(root)
        return Cache()


def write_cache(root: str, basis: tuple[Any, ...], cache: Cache) -> None:
    """Keep a cache for the next run, if it says anything new; nothing is lost where it cannot.

    An empty stamp tells the hook that the work was done: it may note there what it stands on.
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
    """Leave nothing for the next run: what follows may end half done."""
    with suppress(OSError, DistrorocksError), Beneath(root) as below:
        directory = trusted_path(root, DIRECTORY)
        below.sweep(directory)
        for name in (STAMP_NAME, NAME):
            with suppress(FileNotFoundError):
                below.remove_file(f"{directory}/{name}")
        below.remove_directory(directory)


def _document(basis: tuple[Any, ...], cache: Cache) -> bytes:
    """Return the file that keeps a cache."""
    lines = [f"{key}\t{kept.mark}\t{kept.json}" for key, kept in cache.known.items()]
    text = "\n".join([_maker(basis), *lines]).encode("ascii")
    return _sum(text) + b"\n" + text


def _answers(content: bytes, basis: tuple[Any, ...]) -> dict[str, Kept]:
    """Return the answers in a file, none where it was made by others; raise for a damaged one."""
    mark, _, text = content.partition(b"\n")
    if _sum(text) != mark:
        raise ValueError("it is not whole")
    maker, *lines = text.decode("ascii").split("\n")
    if maker != _maker(basis):
        return {}
    answers = {}
    for line in lines:
        key, fingerprint_, answer = line.split("\t")
        answers[key] = Kept(fingerprint_, answer)
    return answers


def _sum(text: bytes) -> bytes:
    return md5(text, usedforsecurity=False).hexdigest().encode("ascii")


def _maker(basis: tuple[Any, ...]) -> str:
    """Return the fingerprint of the ground and of the code that stands on it."""
    return fingerprint((__version__, sys.version, _code(), basis))


def _code() -> tuple[int, int]:
    """Return how many files the code has, and the time of the newest."""
    times = [
        os.stat(f"{directory}/{name}").st_mtime_ns
        for directory, folders, names in os.walk(PACKAGE)
        for name in names
        if name.endswith((".py", ".toml", ".tsv"))
    ]
    return len(times), max(times)
