"""Directories of rock files, such as that of a rocks server, by rock and version."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.manifest import PackedRock
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.rocks.version import Version
from distrorocks.system.lua.file import ROCKSPEC_LIMIT, read_chunk
from distrorocks.system.lua.jail import Jail
from distrorocks.system.trees.reader import Unread, rock_file

ROCKSPEC = "rockspec"


def read_rock_files(directory: str) -> list[PackedRock]:
    """Return the rock files in a directory, sorted; raise ``OSError`` if it cannot be listed."""
    with os.scandir(directory) as entries:
        names = [entry.name for entry in entries if entry.is_file()]
    return sorted(found for name in names if (found := rock_file(name)))


def read_lua_needs(
    directory: str, packed: Iterable[PackedRock], *, jail: Jail
) -> tuple[dict[PackedRock, Dependency], list[Unread]]:
    """Return the first dependency on ``lua`` of each loose rockspec that has one.

    LuaRocks uses the first. A rockspec that cannot be read counts as compatible with every Lua
    version, and is listed as unread.
    """
    needs: dict[PackedRock, Dependency] = {}
    unread: list[Unread] = []
    for rock in packed:
        if rock.arch != ROCKSPEC:
            continue
        file_name = f"{rock.name}-{rock.version}.rockspec"
        try:
            chunk = read_chunk(f"{directory}/{file_name}", jail=jail, limit=ROCKSPEC_LIMIT)
            rockspec = Rockspec.from_chunk(chunk, file_name=file_name, quick=True)
        except DistrorocksError as error:
            unread.append(Unread(rock.name, rock.version, error.brief))
            continue
        first = next((need for need in rockspec.dependencies if need.name == "lua"), None)
        if first:
            needs[rock] = first
    return needs, unread


def for_lua(
    packed: Iterable[PackedRock], needs: Mapping[PackedRock, Dependency], lua_version: str
) -> list[PackedRock]:
    """Return the rock files of the versions that are compatible with ``lua_version``.

    A version whose rockspec excludes it is dropped with all its files; one without a loose rockspec
    stays.
    """
    running = Version.parse(lua_version)
    refused = {
        (rock.name, rock.version) for rock, need in needs.items() if not need.satisfied_by(running)
    }
    return [rock for rock in packed if (rock.name, rock.version) not in refused]


_SOURCES = ("src", "rockspec")


def source_files(folder: str) -> dict[str, dict[str, str]]:
    """Return rock -> version -> path of the files below a directory that rocks can be built from.

    For one version a ``.src.rock`` wins over a rockspec, then the first path in sort order.
    """
    ranked: dict[str, dict[str, tuple[int, str]]] = {}
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            packed = rock_file(name)
            if packed and packed.arch in _SOURCES:
                of_rock = ranked.setdefault(packed.name, {})
                found = (_SOURCES.index(packed.arch), os.path.join(place, name))
                of_rock[packed.version] = min(found, of_rock.get(packed.version, found))
    return {
        rock: {version: path for version, (_, path) in versions.items()}
        for rock, versions in ranked.items()
    }
