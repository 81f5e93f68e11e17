"""Find the documents and the licence files of a rock among the files of its sources."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from posixpath import basename, dirname, join, normpath

from distrorocks.licensing.finding import is_license_file
from distrorocks.packaging.plan.upstream import is_plain_file

_AT_TOP = re.compile(r"(?:\.\./)*[^/]+")
_DOCUMENT_FOLDERS = ("doc", "docs", "doc/us")
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
    """Return the documents and licence files above ``below``, as paths relative to it.

    Licence files are also looked for in the folders of documents there.
    """
    parts = below.split("/")
    up = {"/".join(parts[:at]): "../" * (len(parts) - at) for at in range(len(parts))}
    beside = {join(above, it): f"{up[above]}{it}/" for above in up for it in _DOCUMENT_FOLDERS}
    above, aside = (
        [places[dirname(path)] + basename(path) for path in files if dirname(path) in places]
        for places in (up, beside)
    )
    return tuple(
        sorted({*documents(above), *license_files(above), *filter(is_license_file, aside)})
    )


def _is_top(path: str, is_meant: Callable[[str], bool]) -> bool:
    return _AT_TOP.fullmatch(path) is not None and is_meant(path)


def _is_document(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    plain = is_plain_file(path.rpartition("/")[2])
    return plain and name.startswith(_WORDS) and not name.endswith(".lua")
