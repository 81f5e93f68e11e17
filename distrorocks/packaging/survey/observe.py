"""Read what a survey compares: an index of rocks, lists of packages, and rockspecs."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from distrorocks.errors import DistrorocksError
from distrorocks.families.distribution import Distribution
from distrorocks.families.list_files import read_kinds, read_lists
from distrorocks.families.names import NameTable
from distrorocks.families.names_file import map_of, read_table_of
from distrorocks.families.offer import Offer, offers_of
from distrorocks.families.package import Package
from distrorocks.packaging.scaffold.rock_index import best_first
from distrorocks.packaging.survey.decide import Having, havings_of
from distrorocks.progress import Work
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.servers.folder import source_files
from distrorocks.servers.local_rock import read_local_rock
from distrorocks.servers.rock_index import read_rock_index
from distrorocks.system.lua.jail import Jail
from distrorocks.values import NamedTuple


class SurveyRequest(NamedTuple):
    """What to read: a server's index, lists of ``distribution``'s packages, rockspecs.

    ``distribution`` is "" for the first of the family whose lists these are, ``rocks`` is "" for
    the server, if that is a folder.
    """

    server: str
    lists: tuple[str, ...]
    distribution: str = ""
    rocks: str = ""


class Observed(NamedTuple):
    """What was read; ``needs`` has the dependencies of the newest version of each rock.

    ``distribution`` is the one whose names were believed, ``packages`` counts those that are rocks.
    ``unread`` are lists of which something is missing, so that the survey is not whole.
    """

    versions: Mapping[str, tuple[str, ...]]
    havings: Mapping[str, Having]
    needs: Mapping[str, tuple[Dependency, ...]]
    distribution: str
    packages: int
    unread: tuple[str, ...]
    warnings: tuple[str, ...]


def observe(request: SurveyRequest) -> Observed:
    """Read everything; raise ``DistrorocksError`` if the index or all lists are unreadable."""
    index = read_rock_index(request.server)
    kinds, unread = read_kinds(request.lists)
    family = kinds[0].family
    names = read_table_of(request.distribution, family, index.versions)
    with Work("reading lists of packages"):
        listed = read_lists(kinds, names.known_packages(family))
    havings = havings_of(
        offer for package in listed.packages for offer in every_offer(package, names)
    )
    warnings = list(index.warnings)
    folder = request.rocks or index.folder
    needs = read_needs(folder, {*index.versions}, warnings) if folder else {}
    unread = (*unread, *listed.unread)
    packages = len({each.package for each in havings.values() if each.is_sure})
    name = map_of(Distribution(request.distribution), family)
    return Observed(index.versions, havings, needs, name, packages, unread, tuple(warnings))


def every_offer(package: Package, names: NameTable) -> list[Offer]:
    """Return the rocks that a package would be for any Lua.

    One that is for none which has a tree, such as for LuaJIT alone, holds its rock all the same.
    """
    found = [it for lua in LUA_VERSIONS for it in offers_of(package, names, lua)]
    if found or not package.lua_versions:
        return found
    package = package._replace(lua_versions=())
    return [it for lua in LUA_VERSIONS for it in offers_of(package, names, lua)]


def read_needs(
    folder: str, wanted: Collection[str], warnings: list[str]
) -> dict[str, tuple[Dependency, ...]]:
    """Return the dependencies and build dependencies of rocks by their rockspecs in a folder.

    The newest release counts whose rockspec can be read; add a warning for each that cannot.
    """
    files = {rock: found for rock, found in source_files(folder).items() if rock in wanted}
    needs: dict[str, tuple[Dependency, ...]] = {}
    with Jail() as jail, Work("reading rockspecs", total=len(files), unit="rocks") as work:
        for rock, versions in files.items():
            for version in best_first(versions, ()):
                try:
                    found = read_local_rock(versions[version], jail, arch="")
                except DistrorocksError as error:
                    warnings.append(f"{versions[version]} is skipped: {error.brief}")
                    continue
                needs[rock] = tuple(dict.fromkeys(need.dependency for need in found.needs))
                break
            work.advance()
    return needs
