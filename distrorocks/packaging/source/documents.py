"""Find the documents and the licence files of a rock among the files of its sources."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from posixpath import basename, dirname, join, normpath

from distrorocks.licensing.finding import is_license_file
from distrorocks.packaging.plan.upstream import is_plain_file

# Code, and what is for another system.
_NOT_HERE = (".lua", ".win32", ".windows.md", ".windows", ".win", ".osx", ".mac")
_AT_TOP = re.compile(r"(?:\.\./)*[^/]+")
_UP = re.compile(r"(?:\.\./)+")
_DOCUMENT_FOLDERS = ("doc", "docs", "doc/us")
_DOCUMENTATION = frozenset(("doc", "docs", "manual", "html"))
_EXAMPLES = frozenset(("example", "examples", "sample", "samples"))
_PAGE = re.compile(r"[^/]+\.(?:html?|md|markdown|pdf|rst|textile)", re.IGNORECASE)
_SHOWN = re.compile(r"[^/]+\.(?:css|gif|jpe?g|png|svg)", re.IGNORECASE)
_FOR_DEVELOPERS = ("contributing", "code_of_conduct", "code-of-conduct", "install", "security")
_WORDS = ("readme", "changes", "changelog", "news", "history")


def documents(files: Iterable[str], below: str = "") -> tuple[str, ...]:
    """Return the documents at the top of the build directory or above it.

    ``files`` are relative to the build directory, the result and ``below`` to the top of the
    archive.
    """
    return tuple(normpath(join(below, path)) for path in files if _is_top(path, _is_document))


def document_folders(files: Iterable[str], copied: Collection[str]) -> tuple[str, ...]:
    """Return the folders of documentation that a build leaves out.

    ``copied`` are the folders that it copies. A folder counts by its name alone.
    """
    return _left_out(files, copied, _DOCUMENTATION)


def example_folders(files: Iterable[str], copied: Collection[str]) -> tuple[str, ...]:
    """Return the folders of examples that a build leaves out, as ``document_folders`` does."""
    return _left_out(files, copied, _EXAMPLES)


def _left_out(
    files: Iterable[str], copied: Collection[str], names: Collection[str]
) -> tuple[str, ...]:
    tops = {path.partition("/")[0] for path in files if "/" in path}
    done = {normpath(each).partition("/")[0] for each in copied}
    return tuple(sorted(top for top in tops - done if top.lower() in names))


def manuals(files: Iterable[str], below: str = "") -> tuple[str, ...]:
    """Return the pages at the top of the build directory that are neither licence nor README.

    Those for who builds or changes the rock are left out. Pages of a browser bring their pictures
    and style sheets.
    """
    plain = [path for path in files if is_plain_file(path)]
    pages = (path for path in plain if _PAGE.fullmatch(path))
    others = (path for path in pages if not path.lower().startswith((*_FOR_DEVELOPERS, *_WORDS)))
    found = [path for path in others if not is_license_file(path)]
    if any(path.lower().endswith((".html", ".htm")) for path in found):
        found += [path for path in plain if _SHOWN.fullmatch(path)]
    return tuple(normpath(join(below, path)) for path in found)


def license_files(files: Iterable[str], below: str = "") -> tuple[str, ...]:
    """Return the licence files, in the same way as ``documents``.

    Where none is at the top, those in folders of documents count, as ``doc/us/license.html``.
    """
    known = tuple(files)
    found = [path for path in known if _is_top(path, is_license_file)]
    if not found:
        found = [path for path in known if _is_beside(path) and is_license_file(path)]
    return tuple(normpath(join(below, path)) for path in found)


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


def _is_beside(path: str) -> bool:
    """Return whether a file is in a folder of documents at the top or above it."""
    return _UP.sub("", dirname(path)) in _DOCUMENT_FOLDERS


def _is_document(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    plain = is_plain_file(path.rpartition("/")[2])
    return plain and name.startswith(_WORDS) and not name.endswith(_NOT_HERE)
