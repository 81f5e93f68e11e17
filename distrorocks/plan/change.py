"""What a job would do, one step at a time, each with its reason."""

from __future__ import annotations

from typing import NamedTuple


class WriteFile(NamedTuple):
    """Make a file hold exactly ``content``."""

    path: str
    content: bytes
    reason: str

    verb = "write"


class RemoveFile(NamedTuple):
    """Remove a file that distrorocks wrote."""

    path: str
    reason: str

    verb = "remove"


class RemoveDirectory(NamedTuple):
    """Remove a directory that distrorocks made, if nothing is in it any more."""

    path: str
    reason: str

    verb = "remove"


class Keep(NamedTuple):
    """Leave something as it is."""

    path: str
    reason: str

    verb = "keep"


Change = WriteFile | RemoveFile | RemoveDirectory | Keep
