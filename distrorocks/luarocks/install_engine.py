"""What installs a rock and removes one: LuaRocks today, perhaps an engine of our own one day."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from distrorocks.errors import DistrorocksError
from distrorocks.system.processes.session import Note


class EngineError(DistrorocksError):
    """A rock could not be installed or removed; the detail has what the engine said last.

    ``is_locked`` tells that another program holds the tree.
    """

    def __init__(
        self, brief: str, *, detail: str = "", hint: str = "", is_locked: bool = False
    ) -> None:
        super().__init__(brief, detail=detail, hint=hint)
        self.is_locked = is_locked


class RockSource(NamedTuple):
    """One version of a rock, as the path of its .rockspec or .rock file.

    ``place`` is where the file is from, for people. ``variables`` are ``NAME=value`` words that
    override the configuration's.
    """

    name: str
    version: str
    file: str
    place: str
    namespace: str | None = None
    variables: tuple[str, ...] = ()


class InstallEngine(Protocol):
    """Changes the tree it was made for, one rock at a time, and asks nothing: all was planned."""

    @property
    def takes_lock(self) -> bool:
        """Return whether it makes the tree's lock itself, so that nobody else may hold it."""

    def watch(self, note: Note) -> None:
        """Have ``note`` hear of each session of processes before it begins to change anything."""

    def install(self, source: RockSource) -> None:
        """Build and deploy a rock beside its other versions, or raise."""

    def remove(self, name: str, version: str) -> None:
        """Take one version of a rock out of the tree, whoever needs it, or raise."""
