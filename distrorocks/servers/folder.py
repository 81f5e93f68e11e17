"""Directories of rock files, such as that of a rocks server, by rock and version."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.manifest import PackedRock
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.rocks.version import Version
from distrorocks.system.lua.file import ROCKSPEC_LIMIT, read_chunk
from distrorocks.system.lua.jail import Jail, JailUnavailable
from distrorocks.system.trees.reader import Unread, rock_file

ROCKSPEC = "rockspec"


class FolderContents(NamedTuple):
    """The rock files of a server's directory, sorted, and those that are not rocks."""

    packed: list[PackedRock]
    unread: list[Unread]


def read_rock_files(directory: str) -> FolderContents:
    """Return the rock files in a directory; raise ``OSError`` if it cannot be listed.

    LuaRocks ignores a file whose name is not that of a rock.
    """
    with os.scandir(directory) as entries:
        names = sorted(entry.name for entry in entries if entry.is_file())
    packed = [found for name in names if (found := rock_file(name))]
    unread = [
        Unread(name, "", _NO_ROCK)
        for name in names
        if name.endswith((".rock", ".rockspec")) and not rock_file(name)
    ]
    return FolderContents(sorted(packed), unread)


_NO_ROCK = "not listed: its name is not NAME-VERSION-REVISION.rockspec or .ARCH.rock"


class LuaNeeds(NamedTuple):
    """The first dependency on ``lua`` of each loose rockspec that has one, as LuaRocks uses it.

    ``broken`` are rockspecs that no LuaRocks can load. One that contains code and cannot be run
    here, for want of a Lua interpreter, counts as compatible with every Lua version. Both are in
    ``unread``.
    """

    needs: dict[PackedRock, Dependency]
    broken: set[PackedRock]
    unread: list[Unread]


def read_lua_needs(directory: str, packed: Iterable[PackedRock], *, jail: Jail) -> LuaNeeds:
    """Read the loose rockspecs of a server's directory."""
    found = LuaNeeds({}, set(), [])
    for rock in packed:
        if rock.arch != ROCKSPEC:
            continue
        file_name = f"{rock.name}-{rock.version}.rockspec"
        try:
            chunk = read_chunk(f"{directory}/{file_name}", jail=jail, limit=ROCKSPEC_LIMIT)
            rockspec = Rockspec.from_chunk(chunk, file_name=file_name, quick=True)
        except JailUnavailable as error:
            found.unread.append(Unread(rock.name, rock.version, error.brief))
            continue
        except DistrorocksError as error:
            found.unread.append(Unread(rock.name, rock.version, f"not listed: {error.brief}"))
            found.broken.add(rock)
            continue
        first = next((need for need in rockspec.dependencies if need.name == "lua"), None)
        if first:
            found.needs[rock] = first
    return found


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
