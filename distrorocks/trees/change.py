"""What a job would do, one step at a time, each with its reason."""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.values import distinct


@distinct
class WriteFile(NamedTuple):
    """Make a file hold exactly ``content``."""

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
    """Remove a directory that distrorocks made, if nothing is in it any more."""

    path: str
    reason: str


@distinct
class Keep(NamedTuple):
    """Leave something as it is."""

    path: str
    reason: str


Change = WriteFile | RemoveFile | RemoveDirectory | Keep


def verb(change: Change) -> str:
    """Return what is done, in one word: write, remove or keep."""
    if isinstance(change, WriteFile):
        return "write"
    return "keep" if isinstance(change, Keep) else "remove"
