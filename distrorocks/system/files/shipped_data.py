"""The data files that distrorocks ships, the same in a checkout and in an installed wheel."""

from __future__ import annotations

import os

from distrorocks.errors import DistrorocksError
from distrorocks.system.files.shipped_files import PACKAGE

DIRECTORY = os.path.join(PACKAGE, "data")


def has_shipped(name: str) -> bool:
    """Return whether a data file of this name, such as ``names/debian.toml``, is shipped."""
    return os.path.isfile(os.path.join(DIRECTORY, name))


def read_shipped(name: str) -> str:
    """Return the text of a shipped data file; raise ``DistrorocksError`` if it is missing."""
    path = os.path.join(DIRECTORY, name)
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as fault:
        raise DistrorocksError(
            f"distrorocks' own file {name} is missing",
            detail=str(fault),
            hint="install distrorocks again",
        ) from fault
