"""Which of the paths that a package database lists matter here and exist."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from distrorocks.families.external_advice import Indexed, has_end
from distrorocks.families.lua_files import classify
from distrorocks.system.files.root_path import RootView


def present_files(view: RootView, paths: Iterable[str]) -> tuple[str, ...]:
    """Return the sorted paths that matter to LuaRocks and lead to a regular file."""
    return tuple(
        sorted(
            path
            for path in paths
            if classify(path) and (found := view.find(path)) and found.is_file
        )
    )


def ending_with(files: Iterable[tuple[str, str]], ends: Collection[str]) -> tuple[Indexed, ...]:
    """Return the (path, package) pairs whose path ends so, shortest path first."""
    hits = {Indexed(path, package) for path, package in files if has_end(path, ends)}
    return tuple(sorted(hits, key=lambda hit: (len(hit.path), hit)))
