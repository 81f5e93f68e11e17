"""The steps of a build, each with its reason; ``apply.py`` carries them out.

Paths of sources are relative to the build directory, paths of the rock to the built rock. Commands
are texts for ``/bin/sh``, run in the build directory, as in LuaRocks, whose variables ``CC`` and
``CFLAGS`` may have several words and quotes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from distrorocks.values import TYPE_CHECKING, NamedTuple, distinct

if TYPE_CHECKING:
    from typing import TypeAlias


@distinct
class Warn(NamedTuple):
    """Tell the user something; nothing is done."""

    message: str
    reason: str


@distinct
class WriteSource(NamedTuple):
    """Write a file into the build directory, over one that is there."""

    path: str
    content: bytes
    reason: str


@distinct
class Compile(NamedTuple):
    """Compile ``source`` to ``object``; neighbouring steps of this kind may run in parallel."""

    command: str
    source: str
    object: str
    reason: str


@distinct
class Link(NamedTuple):
    """Link the C module ``target``; neighbouring steps of this kind may run in parallel."""

    command: str
    target: str
    reason: str


@distinct
class RunCommand(NamedTuple):
    """Run a command of the rock's own build; ``environment`` is added to that of the build."""

    command: str
    purpose: str
    reason: str
    environment: Mapping[str, str] = MappingProxyType({})


@distinct
class TakeInstalled(NamedTuple):
    """Copy into the rock what the commands installed below ``$(PREFIX)``."""

    reason: str


@distinct
class InstallFile(NamedTuple):
    """Copy a file from the sources into the rock."""

    source: str
    target: str
    is_executable: bool
    reason: str


@distinct
class InstallFolder(NamedTuple):
    """Copy what is in a directory of the sources into one of the rock, "" being the rock itself.

    A directory that does not exist is an error if ``is_required``, else there is nothing to do.
    """

    source: str
    target: str
    is_required: bool
    reason: str


@distinct
class InstallDocuments(NamedTuple):
    """Copy the documents at the top of the sources to ``doc``, unless a directory exists."""

    unless: tuple[str, ...]
    reason: str


@distinct
class WriteRockFile(NamedTuple):
    """Write a file of the rock that is not in the sources."""

    path: str
    content: bytes
    reason: str


@distinct
class WriteManifest(NamedTuple):
    """Write the rock_manifest of all that is in the rock."""

    reason: str


@distinct
class NeedsLuaRocks(NamedTuple):
    """Leave the build to LuaRocks; it is then the only step."""

    build_type: str
    reason: str


Step: TypeAlias = (
    Warn
    | WriteSource
    | Compile
    | Link
    | RunCommand
    | TakeInstalled
    | InstallFile
    | InstallFolder
    | InstallDocuments
    | WriteRockFile
    | WriteManifest
    | NeedsLuaRocks
)

_USING_OUTPUT = (Compile, Link, RunCommand, NeedsLuaRocks, TakeInstalled)


def uses_output(steps: Iterable[Step]) -> bool:
    """Return whether steps run commands, which may write the output, or take what is there."""
    return any(isinstance(step, _USING_OUTPUT) for step in steps)
