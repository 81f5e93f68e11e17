"""The actions on files that a job would apply, each with its reason."""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.values import distinct


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


def verb(change: Change) -> str:
    """Return the name of the action: write, remove or keep."""
    if isinstance(change, WriteFile):
        return "write"
    return "keep" if isinstance(change, Keep) else "remove"
