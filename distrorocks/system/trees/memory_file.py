"""The cache of a refresh on disk, below /var/cache/distrorocks of a root: it only saves time.

It is a checksum, a line break and a JSON document: the fingerprint of what made it, and a mapping
of keys to fingerprints and answers (``distrorocks.memory``). JSON, because a root may come from
elsewhere with its cache in it, and no text can make its reader fail but with an error. The cache
is used only if nobody else can write it and the same code made it with the same options, names and
distribution.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from hashlib import md5
from typing import Any

from distrorocks import __version__
from distrorocks.errors import DistrorocksError
from distrorocks.memory import Memory, fingerprint, packed
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.shipped_files import PACKAGE
from distrorocks.system.files.trust import read_trusted, trusted_path

DIRECTORY = "/var/cache/distrorocks"
NAME, STAMP_NAME = "refresh.memory", "hook.stamp"
PATH = f"{DIRECTORY}/{NAME}"
STAMP = f"{DIRECTORY}/{STAMP_NAME}"
LIMIT = 256 * 1024 * 1024
_SUM = 32


def recall(root: str, ground: tuple[Any, ...]) -> Memory:
    """Return what an earlier run on the same ground left, an empty cache for anything else.

    One that cannot be read is removed, so that no later run tries it again.
    """
    try:
        return Memory(_answers(read_trusted(root, PATH, LIMIT), ground))
    except DistrorocksError:
        return Memory()
    except (ValueError, TypeError, KeyError, RecursionError, MemoryError):
        forget(root)
        return Memory()


def remember(root: str, ground: tuple[Any, ...], memory: Memory) -> None:
    """Keep a cache for the next run, if it says anything new; nothing is lost where it cannot.

    An empty stamp tells the hook that the work was done: it may note there what it stands on.
    """
    try:
        directory = trusted_path(root, DIRECTORY)
        with Beneath(root) as below:
            below.make_directories(directory)
            if memory.is_new or below.status(f"{directory}/{NAME}") is None:
                below.write(f"{directory}/{NAME}", _document(ground, memory))
            below.write(f"{directory}/{STAMP_NAME}", b"")
    except (OSError, ValueError, TypeError, RecursionError, MemoryError, DistrorocksError):
        forget(root)


def forget(root: str) -> None:
    """Leave nothing for the next run: what follows may end half done."""
    with suppress(OSError, DistrorocksError), Beneath(root) as below:
        directory = trusted_path(root, DIRECTORY)
        below.sweep(directory)
        for name in (STAMP_NAME, NAME):
            with suppress(FileNotFoundError):
                below.remove_file(f"{directory}/{name}")
        below.remove_directory(directory)


def _document(ground: tuple[Any, ...], memory: Memory) -> bytes:
    """Return the file that keeps a cache."""
    text = json.dumps(
        {"made_by": _maker(ground), "answers": memory.known},
        default=packed,
        separators=(",", ":"),
    ).encode("ascii")
    return md5(text, usedforsecurity=False).hexdigest().encode("ascii") + b"\n" + text


def _answers(content: bytes, ground: tuple[Any, ...]) -> dict[str, Any]:
    """Return the answers in a file, none where it was made by others; raise for a damaged one."""
    mark, text = content[:_SUM], content[_SUM + 1 :]
    if md5(text, usedforsecurity=False).hexdigest().encode("ascii") != mark:
        raise ValueError("it is not whole")
    document = json.loads(text)
    if document["made_by"] != _maker(ground):
        return {}
    answers = document["answers"]
    if not isinstance(answers, dict) or not all(_is_answer(each) for each in answers.values()):
        raise ValueError("it has another form")
    return answers


def _is_answer(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], str)


def _maker(ground: tuple[Any, ...]) -> str:
    """Return the fingerprint of the ground and of the code that stands on it."""
    return fingerprint((__version__, sys.version, _code(), ground))


def _code() -> tuple[int, int]:
    """Return how many files the code has, and the time of the newest."""
    times = [
        os.stat(f"{directory}/{name}").st_mtime_ns
        for directory, folders, names in os.walk(PACKAGE)
        for name in names
        if name.endswith((".py", ".toml", ".tsv"))
    ]
    return len(times), max(times)
