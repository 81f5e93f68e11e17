"""Find installed rocks that servers or the distribution have in newer versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.families.installed import read_installed
from distrorocks.luarocks.project import own_configuration
from distrorocks.resolve.candidate import Candidate
from distrorocks.rocks.lua_version import LUA_VERSIONS
from distrorocks.rocks.name import lower
from distrorocks.rocks.version import Version
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.trees.deployed_rock import DeployedRock
from distrorocks.values import NamedTuple
from distrorocks.world.candidates import DistroUse, World, WorldRequest
from distrorocks.world.installed import Installed, NoSuchTree, look, selected
from distrorocks.world.installed_tree import InstalledTree


class Available(NamedTuple):
    """An available version; ``place`` is a server or a package."""

    version: Version
    place: str
    command: str = ""


class OutdatedRock(NamedTuple):
    """The newest installed version of a rock in one tree, and newer ones; at least one is set.

    ``owner`` is the package that owns the installed rock, or "".
    """

    name: str
    installed: Version
    tree: str
    owner: str
    served: Available | None
    offered: Available | None


class OutdatedRocks(NamedTuple):
    """The outdated rocks of one Lua version, by name and in tree order.

    ``is_whole`` is false if servers are configured and none is reachable.
    """

    lua_version: str
    rocks: tuple[OutdatedRock, ...]
    warnings: tuple[str, ...]
    is_whole: bool


def outdated(
    request: WorldRequest,
    lua_versions: Sequence[str] = (),
    *,
    tree: str = "",
    part: str = "",
    is_merged: bool = False,
) -> list[OutdatedRocks]:
    """Return the outdated rocks of ``lua_versions``, or of each Lua version that has rocks.

    ``tree`` selects one tree as for ``list``, ``part`` filters by name. With ``is_merged`` only the
    newest version of all trees counts, as in LuaRocks. Raise ``DistrorocksError`` if LuaRocks'
    configuration is unreadable.
    """
    packages = read_installed(request.root)
    view = RootView(request.root)
    found, is_known = [], False
    for version in lua_versions or LUA_VERSIONS:
        with Jail() as jail:
            config = own_configuration(request.root, version, jail)
            every = look(
                view, version, jail, library_dir=packages.library_dir, packages=packages.packages
            )
        chosen = selected(every, tree, request.root)
        is_known = is_known or bool(chosen)
        trees = tuple(InstalledTree(view, each, packages.packages) for each in chosen)
        every = every._replace(trees=trees)
        if not (lua_versions or every.has_rocks):
            continue
        config.sound()
        with World(request._replace(lua_version=version), trees, config.table) as world:
            rocks = tuple(_outdated(world, every, lower(part), is_merged=is_merged))
            is_whole = world.servers.is_reached()  # asks, if no rock did
            warnings = dict.fromkeys((*every.warnings, *world.warnings))
        found.append(OutdatedRocks(version, rocks, tuple(warnings), is_whole))
    if not is_known:
        raise NoSuchTree(tree)
    return found


def _outdated(
    world: World, every: Installed, part: str, *, is_merged: bool
) -> Iterator[OutdatedRock]:
    for name, places in _newest(every, part):
        if is_merged:
            places = [max(places, key=lambda place: place[1].version)]
        served = _served(world, name)
        offered = _offered(world, name)
        for tree, rock in places:
            newer = _newer(served, rock), _newer(offered, rock)
            if any(newer):
                owner = tree.owner(rock)
                owner_name = owner.name if owner else ""
                yield OutdatedRock(name, rock.version, tree.layout.root, owner_name, *newer)


def _newest(
    every: Installed, part: str
) -> Iterator[tuple[str, list[tuple[InstalledTree, DeployedRock]]]]:
    """Yield each installed rock's name with its newest version in each tree that has it."""
    names = sorted({name for tree in every.trees for name in tree.contents.rocks if part in name})
    for name in names:
        places = [(tree, tree.versions(name)) for tree in every.trees]
        newest = [(tree, versions[0]) for tree, versions in places if versions]
        if newest:
            yield name, newest


def _served(world: World, name: str) -> Available | None:
    """Return the newest version that a server has, from the first server that has it."""
    try:
        found = list(world.servers.candidates(name, None))
    except DistrorocksError:
        return None  # the warnings of the world say why
    newest = _newest_of(found)
    return Available(newest.version, newest.place) if newest else None


def _offered(world: World, name: str) -> Available | None:
    """Return the newest version that the distribution offers."""
    if world.request.distro is DistroUse.NEVER:
        return None
    newest = _newest_of(list(world.distro.candidates(name)))
    if newest is None:
        return None
    package = world.distro.offer_of(newest).package
    return Available(newest.version, package.name, world.distro.command(package))


def _newest_of(candidates: Sequence[Candidate]) -> Candidate | None:
    return max(candidates, key=lambda each: each.version, default=None)


def _newer(available: Available | None, rock: DeployedRock) -> Available | None:
    """Return ``available`` if LuaRocks would consider it newer than the rock."""
    if available and rock.version.precedes(available.version):
        return available
    return None
