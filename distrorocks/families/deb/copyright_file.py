"""A Debian package's licence, from its machine-readable copyright file (DEP-5).

The licences of packages that record them in a file of their own.
"""

from __future__ import annotations

from functools import partial
from importlib.machinery import PathFinder

from distrorocks.system.files.bounded_file import FileReadError, read_bounded
from distrorocks.system.files.cache import Cache, signature_of
from distrorocks.system.files.root_path import RootView
from distrorocks.values import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

_MOST_BYTES = 4 << 20


def copyright_path(package: str) -> str:
    """Return where a package's copyright file is (Debian Policy 12.5)."""
    return f"/usr/share/doc/{package}/copyright"


def has_reader() -> bool:
    """Return whether python-debian is installed."""
    return PathFinder.find_spec("debian") is not None


def read_license(root: str, package: str) -> str | None:
    """Return the licence's short name of ``package``, as its copyright file writes it.

    The licence of ``Files: *`` counts, else the header's, else all that the file names, joined by
    " and ". Returns "" when there is no file or it is free text, and None when it was not read
    because python-debian is not installed.
    """
    view = RootView(root)
    found = view.find(copyright_path(package))
    if not found:
        return ""
    try:
        raw = read_bounded(view.host_path(found.path), _MOST_BYTES)
    except FileReadError:
        return ""
    return license_in(raw)


def license_in(raw: bytes) -> str | None:
    """Return the licence that a copyright file's text names, as ``read_license`` does."""
    if b"copyright-format" not in raw[:4096]:
        return ""
    try:
        import debian.copyright
    except ImportError:
        return None
    import logging

    logging.getLogger("debian.copyright").setLevel(logging.CRITICAL)  # it logs each correction
    lines = raw.decode("utf-8", "replace").splitlines(keepends=True)
    try:
        return _license(debian.copyright.Copyright(lines, strict=False))
    except Exception:  # untrusted input: python-debian raises many kinds of errors for it
        return ""


def _license(copyright_file: Any) -> str:
    """Return the short name of the licence of the whole package."""
    names: dict[str, None] = {}
    for paragraph in copyright_file.all_files_paragraphs():
        name = _synopsis(paragraph)
        if name and tuple(paragraph.files) == ("*",):
            return name
        if name and not all(pattern.startswith("debian/") for pattern in paragraph.files):
            names[name] = None
    return _synopsis(copyright_file.header) or " and ".join(names)


def _synopsis(paragraph: Any) -> str:
    """Return the first line of a paragraph's License field, or ""."""
    return " ".join(paragraph.license.synopsis.split()) if paragraph.license else ""


class Licenses:
    """Licences from the copyright files of one root, each read once."""

    def __init__(self, root: str, cache: Cache | None = None) -> None:
        self._view = RootView(root)
        self._kept = (cache or Cache()).table("licenses")
        self._known: dict[str, str] = {}
        self._unread = 0

    def of(self, package: str, declared: str) -> str:
        """Return what a package declares itself, else what its copyright file says, else ""."""
        if declared:
            return declared
        if package not in self._known:
            file = self._view.find(copyright_path(package))
            found = self._kept.of(
                package,
                signature_of(file.status) if file else (),
                partial(read_license, self._view.root, package),
                lasts=lambda found: found is not None,
            )
            if found is None:
                self._unread += 1
            self._known[package] = found or ""
        return self._known[package]

    @property
    def warnings(self) -> list[str]:
        """What was left out so far because a library is missing."""
        if not self._unread:
            return []
        text = f"the licences of {self._unread} packages are left out of their rockspecs"
        return [f"python-debian is not installed: {text}"]
