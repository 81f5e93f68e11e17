"""The rocks that a server has, from its manifest or its folder, without asking the server.

A manifest that somebody has fetched may have any name. A folder counts with all of its manifests,
or without any by the names of its files.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.servers.files import MANIFEST_LIMIT
from distrorocks.servers.folder import source_files
from distrorocks.servers.manifest_reader import manifest_of
from distrorocks.servers.server_manifest import ServerManifest
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.named_file import read_named
from distrorocks.values import NamedTuple

_ENDINGS = (".json", ".zip", "")
_NAMES = (*(f"manifest-{each}" for each in LUA_VERSIONS), "manifest")


class RockIndex(NamedTuple):
    """Rock to versions, and the folder that may have their rockspecs, "" for none."""

    versions: Mapping[str, tuple[str, ...]]
    folder: str = ""
    warnings: tuple[str, ...] = ()


def read_rock_index(path: str) -> RockIndex:
    """Return the rocks of a manifest, or of a server's folder; raise ``DistrorocksError``."""
    if not os.path.isdir(path):
        return RockIndex(_merged([_read(path, "")]))
    warnings: list[str] = []
    manifests = list(_of_folder(path, warnings))
    if manifests:
        return RockIndex(_merged(manifests), path, tuple(warnings))
    files = {rock: tuple(sorted(versions)) for rock, versions in source_files(path).items()}
    if files:
        return RockIndex(files, path, tuple(warnings))
    raise DistrorocksError(
        f"{path} has no rocks",
        detail="\n".join(warnings),
        hint="name a rocks server's manifest, its folder, or a folder of rockspecs",
    )


def _of_folder(folder: str, warnings: list[str]) -> Iterator[ServerManifest]:
    """Yield the manifest for each Lua version, or if there are none the one without a version."""
    is_any = False
    for name in _NAMES:
        if name == _NAMES[-1] and is_any:
            return
        for ending in _ENDINGS:
            try:
                manifest = _read(os.path.join(folder, name + ending), name)
            except FileReadError as error:
                if not error.is_missing:
                    warnings.append(error.brief)
                continue
            except DistrorocksError as error:
                warnings.append(error.brief)
                continue
            is_any = True
            yield manifest
            break


def _read(path: str, name: str) -> ServerManifest:
    content = read_named(path, MANIFEST_LIMIT)
    base = os.path.basename(path)
    ending = next(each for each in _ENDINGS if base.endswith(each))
    try:
        return manifest_of(content, name or base.removesuffix(ending), ending)
    except DistrorocksError as error:
        raise DistrorocksError(f"{path}: {error.brief}", hint=error.hint) from None


def _merged(manifests: list[ServerManifest]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for manifest in manifests:
        for rock, versions in manifest.rocks.items():
            found.setdefault(rock, set()).update(versions)
    return {rock: tuple(sorted(found[rock])) for rock in sorted(found)}
