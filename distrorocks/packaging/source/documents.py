"""Which files of a rock's sources are there for people to read, beside what is built."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from posixpath import basename, dirname, join, normpath

from distrorocks.licensing.verdict import is_license_file
from distrorocks.packaging.plan.upstream import is_plain_file

_AT_TOP = re.compile(r"(?:\.\./)*[^/]+")
_WORDS = ("readme", "changes", "changelog", "news", "history")


def documents(files: Iterable[str], below: str = "") -> tuple[str, ...]:
    """Return the documents among files that are named from the folder that is built in.

    They stand at its top or above it; the paths returned are from the archive's top, as ``below``.
    """
    return tuple(normpath(join(below, path)) for path in files if _is_top(path, _is_document))


def license_files(files: Iterable[str], below: str = "") -> tuple[str, ...]:
    """Return the files with the rock's licence, as ``documents`` does."""
    return tuple(normpath(join(below, path)) for path in files if _is_top(path, is_license_file))


def read_above(files: Iterable[str], below: str) -> tuple[str, ...]:
    """Return what people read in the folders above ``below``, as paths from there."""
    parts = below.split("/")
    up = {"/".join(parts[:at]): "../" * (len(parts) - at) for at in range(len(parts))}
    above = [up[dirname(path)] + basename(path) for path in files if dirname(path) in up]
    return tuple(sorted({*documents(above), *license_files(above)}))


def _is_top(path: str, is_meant: Callable[[str], bool]) -> bool:
    return _AT_TOP.fullmatch(path) is not None and is_meant(path)


def _is_document(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    plain = is_plain_file(path.rpartition("/")[2])
    return plain and name.startswith(_WORDS) and not name.endswith(".lua")
