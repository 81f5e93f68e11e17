"""The rockspec that a package ships for its rock, read for its dependencies."""

from __future__ import annotations

from collections.abc import Iterable

from distrorocks.rocks.rockspec import Rockspec
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.file import ROCKSPEC_LIMIT, read_chunk


def shipped_needs(view: RootView, shipped: Iterable[str]) -> list[str]:
    """Return the dependencies in the rockspec among a rock's shipped files, as written there.

    Raise ``DistrorocksError`` if it cannot be read, or would have to be run.
    """
    path = next(path for path in shipped if path.endswith(".rockspec"))
    found = view.find(path)
    if not found:
        raise FileReadError(f"cannot read {path}: it is a dangling link", is_missing=True)
    chunk = read_chunk(view.host_path(found.path), jail=None, limit=ROCKSPEC_LIMIT)
    rockspec = Rockspec.from_chunk(chunk, quick=True)
    return [str(dependency) for dependency in rockspec.dependencies]
