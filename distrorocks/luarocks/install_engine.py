"""The interface of engines that install and remove rocks; LuaRocks is one."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from distrorocks.errors import DistrorocksError
from distrorocks.system.processes.session import Note


class EngineError(DistrorocksError):
    """A rock could not be installed or removed; the detail has the engine's last output.

    ``is_locked`` is true if another program has locked the tree.
    """

    def __init__(
        self, brief: str, *, detail: str = "", hint: str = "", is_locked: bool = False
    ) -> None:
        super().__init__(brief, detail=detail, hint=hint)
        self.is_locked = is_locked


class RockSource(NamedTuple):
    """One version of a rock, as the path of its .rockspec or .rock file.

    ``place`` is the origin of the file, for messages. ``variables`` are ``NAME=value`` arguments
    that override the configuration's.
    """

    name: str
    version: str
    file: str
    place: str
    namespace: str | None = None
    variables: tuple[str, ...] = ()


class InstallEngine(Protocol):
    """Changes one tree, one rock at a time, and only as planned."""

    @property
    def takes_lock(self) -> bool:
        """Return whether it locks the tree itself, so that the caller must not."""

    def watch(self, note: Note) -> None:
        """Set the callback for each session of processes before it changes anything."""

    def install(self, source: RockSource) -> None:
        """Build and deploy a rock beside its other versions, or raise."""

    def remove(self, name: str, version: str) -> None:
        """Remove one version of a rock from the tree, regardless of dependents, or raise."""
