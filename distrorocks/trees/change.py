"""The actions on files that a job would apply, each with its reason."""

from __future__ import annotations

from collections.abc import Callable

from distrorocks.md5 import md5
from distrorocks.values import NamedTuple, distinct


class Content(NamedTuple):
    """The content that a file should have: its MD5, and ``make``, which returns it as bytes."""

    md5: str
    make: Callable[[], bytes]

    @classmethod
    def of(cls, text: bytes) -> Content:
        """Return content that is known already."""
        return cls(md5(text).hexdigest(), lambda: text)


@distinct
class WriteFile(NamedTuple):
    """Write ``content`` to a file."""

    path: str
    content: bytes
    reason: str


@distinct
class RemoveFile(NamedTuple):
    """Remove a file that distrorocks wrote."""

    path: str
    reason: str


@distinct
class RemoveDirectory(NamedTuple):
    """Remove a directory that distrorocks created, if it is empty."""

    path: str
    reason: str


@distinct
class Keep(NamedTuple):
    """Leave a file unchanged."""

    path: str
    reason: str


Change = WriteFile | RemoveFile | RemoveDirectory | Keep


@distinct
class PlaceFile(NamedTuple):
    """Make ``path`` a regular file with exactly ``content`` and ``mode``."""

    path: str
    content: bytes
    mode: int
    reason: str


@distinct
class MoveFile(NamedTuple):
    """Rename a file; ``path`` may be placed anew by another change of the same list."""

    path: str
    to: str
    reason: str


TreeChange = PlaceFile | MoveFile | RemoveFile | RemoveDirectory
"""The changes of one journalled transaction; a path is the result of at most one of them."""


def verb(change: Change) -> str:
    """Return the name of the action: write, remove or keep."""
    if isinstance(change, WriteFile):
        return "write"
    return "keep" if isinstance(change, Keep) else "remove"
