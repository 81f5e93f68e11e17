"""The files that package databases list: which of them exist, and which are not as recorded."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from distrorocks.families.lua_files import classify
from distrorocks.families.package import Indexed, Unkept, has_end, shortest_first
from distrorocks.system.files.digest import DigestError, Digests
from distrorocks.system.files.root_path import RootView
from distrorocks.values import NamedTuple


def present_files(view: RootView, paths: Iterable[str]) -> tuple[str, ...]:
    """Return the paths that matter to LuaRocks and lead to a regular file, sorted."""
    return tuple(
        sorted(
            path
            for path in paths
            if classify(path) and (found := view.find(path)) and found.is_file
        )
    )


def ending_with(files: Iterable[tuple[str, str]], ends: Collection[str]) -> tuple[Indexed, ...]:
    """Return the (path, package) pairs whose path has one of ``ends``, shortest path first."""
    hits = {Indexed(path, package) for path, package in files if has_end(path, ends)}
    return shortest_first(hits)


class Promise(NamedTuple):
    """A file of a package; ``digest`` is "" where none was recorded, ``algorithm`` hashlib's."""

    package: str
    path: str
    digest: str
    algorithm: str


def unkept_modules(
    view: RootView, family: str, promises: Iterable[Promise], lua_versions: Collection[str]
) -> list[Unkept]:
    """Return the modules for some Lua versions that are missing or have changed.

    A link has the content of its target, so it only has to lead somewhere.
    """
    by_algorithm: dict[str, Digests] = {}
    unkept = []
    for promise in promises:
        file = classify(promise.path)
        if not file or not file.module or file.lua_version not in lua_versions:
            continue
        digests = by_algorithm.setdefault(
            promise.algorithm, Digests(view, algorithm=promise.algorithm)
        )
        found = _found(view, promise, digests)
        if found is not None:
            package, path, digest, algorithm = promise
            unkept.append(Unkept(package, path, digest, found, family, algorithm.upper()))
    return unkept


def _found(view: RootView, promise: Promise, digests: Digests) -> str | None:
    """Return the digest that a file has instead, "" if it is missing, None if it is as recorded."""
    if view.find(promise.path) is None:
        return ""
    entry = view.entry(promise.path)
    if not promise.digest or not entry or not entry.is_file:
        return None
    try:
        digest = digests.of(promise.path)[: len(promise.digest)]
    except DigestError as error:
        digest = error.brief
    return None if digest == promise.digest else digest
