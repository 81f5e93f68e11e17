"""Find the documentation and licence files of a rock's sources."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from posixpath import basename, dirname, join, normpath

from distrorocks.licensing.verdict import is_license_file
from distrorocks.packaging.plan.upstream import is_plain_file

_AT_TOP = re.compile(r"(?:\.\./)*[^/]+")
_WORDS = ("readme", "changes", "changelog", "news", "history")


def documents(files: Iterable[str], below: str = "") -> tuple[str, ...]:
    """Return the documents at the top of the build directory or above it.

    ``files`` are relative to the build directory, the result and ``below`` to the top of the
    archive.
    """
    return tuple(normpath(join(below, path)) for path in files if _is_top(path, _is_document))


def license_files(files: Iterable[str], below: str = "") -> tuple[str, ...]:
    """Return the licence files, in the same way as ``documents``."""
    return tuple(normpath(join(below, path)) for path in files if _is_top(path, is_license_file))


def read_above(files: Iterable[str], below: str) -> tuple[str, ...]:
    """Return the documents and licence files above ``below``, as paths relative to it."""
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
