"""A rock that could satisfy a need: its version and the place that has it."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from distrorocks.rocks.version import Version


class Origin(Enum):
    """What kind of place has a rock."""

    PROVIDED = "provided"
    INSTALLED = "installed"
    DISTRO = "distro"
    SERVER = "server"


class Candidate(NamedTuple):
    """One version of a rock in one place.

    ``name`` is in lower case. ``place`` is a tree's root (installed), a package's name (distro) or
    a server's URL; it is empty for what Lua or the configuration provides. ``namespace`` is None
    where the place knows none.
    """

    name: str
    version: Version
    origin: Origin
    place: str = ""
    namespace: str | None = None

    def __str__(self) -> str:
        name = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{name} {self.version}"
