"""The staging directory of a package build: read its files, and carry out steps in it."""

from __future__ import annotations

import os
from collections.abc import Iterable

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.build.staging_steps import Drop, Link, Move, Step, Write
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.file import MANIFEST_LIMIT, read_bounded

TEXT_LIMIT = 4 << 20
_PLACES = ("/usr/share/lua", "/usr/lib", "/usr/lib64", "/usr/bin")


class StagingError(DistrorocksError):
    """A staged file is missing, of the wrong kind, or cannot be changed."""


def staged_paths(destination: str) -> list[str]:
    """Return the staged files and links that may belong to a rock, by their final paths."""
    return sorted(path for place in _PLACES for path in files_below(destination, place))


def files_below(destination: str, place: str) -> list[str]:
    """Return the staged files and links below a directory, by their final paths."""
    found = []
    for folder, folders, names in os.walk(destination + place):
        links = [name for name in folders if os.path.islink(f"{folder}/{name}")]
        inside = folder[len(destination) :]
        found += [f"{inside}/{name}" for name in (*names, *links)]
    return sorted(found)


def real_files(destination: str, paths: Iterable[str]) -> list[str]:
    """Return the paths that are no links."""
    return [path for path in paths if not os.path.islink(destination + path)]


def staged_rockspec(destination: str, lua_versions: Iterable[str]) -> str:
    """Return the rockspec that LuaRocks staged, the same for all Lua versions."""
    wanted = {f"rocks-{version}" for version in lua_versions}
    files: dict[str, str] = {}
    for path in staged_paths(destination):
        parts = path.split("/")
        is_rockspec = len(parts) == 8 and parts[3] == "luarocks" and path.endswith(".rockspec")
        if is_rockspec and parts[4] in wanted:
            files.setdefault(parts[7], destination + path)
    if len(files) != 1:
        raise StagingError(
            f"{destination} has {len(files) or 'no'} rockspecs",
            detail="\n".join(sorted(files)),
            hint="name the rockspec with --rockspec FILE",
        )
    return next(iter(files.values()))


def staged_content(destination: str, path: str) -> bytes:
    """Return the content of a staged file; follow links inside the staging directory."""
    view = RootView(destination)
    found = view.find(path)
    if not found or not found.is_file:
        raise StagingError(
            f"{destination}{path} is not a file",
            hint="it may be a link out of the staging directory, or to a file of another package",
        )
    return read_bounded(view.host_path(found.path), MANIFEST_LIMIT)


def staged_text(destination: str, path: str) -> bytes | None:
    """Return the content of a staged file, None for a link or for more than 4 MiB."""
    place = destination + path
    if os.path.islink(place) or os.path.getsize(place) > TEXT_LIMIT:
        return None
    return staged_content(destination, path)


def carry_out(destination: str, steps: Iterable[Step]) -> None:
    """Carry out the steps in a staging directory, and remove directories that become empty.

    Raise ``WriteError`` if a link would lead a step out of the staging directory, or if the system
    refuses a step.
    """
    emptied = set()
    with Beneath(destination) as below:
        for step in steps:
            try:
                _do(below, step)
            except OSError as error:
                raise StagingError(
                    f"cannot change {destination}{step.path}: {error.strerror}"
                ) from error
            if isinstance(step, Move | Drop):
                emptied.add(os.path.dirname(step.path))
        for directory in sorted(emptied, key=len, reverse=True):
            _remove_empty(below, directory)


def _do(below: Beneath, step: Step) -> None:
    """Carry out one step."""
    if isinstance(step, Write):
        below.make_directories(os.path.dirname(step.path))
        below.write(step.path, step.content, 0o755 if step.is_command else 0o644)
    elif isinstance(step, Move):
        below.make_directories(os.path.dirname(step.target))
        below.rename(step.path, step.target)
    elif isinstance(step, Link):
        below.remove_file(step.path)
        below.symlink(step.target, step.path)
    elif isinstance(step, Drop):
        below.remove_file(step.path)


def _remove_empty(below: Beneath, directory: str) -> None:
    """Remove a directory and its parents while they are empty."""
    while directory.count("/") > 1:
        try:
            below.remove_directory(directory)
        except OSError:
            return
        directory = os.path.dirname(directory)
