"""Search for rocks everywhere at once: on servers, in the distribution, in the trees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from distrorocks.families.offer import Offer
from distrorocks.luarocks.config import read_configuration
from distrorocks.luarocks.default_lua_version import default_lua_version
from distrorocks.luarocks.project import own_project
from distrorocks.rocks.name import lower
from distrorocks.rocks.version import Version
from distrorocks.servers.server_manifest import ALL, ROCKSPEC, SOURCE
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.world.candidates import DistroUse, World, WorldRequest
from distrorocks.world.installed import look

PROVIDED = "provided by VM or rocks_provided"


class Query(NamedTuple):
    """What is searched for.

    ``name`` is a part of a name, perhaps with a namespace before it; ``version`` is None for
    all, and without a revision fits all revisions of it.
    """

    name: str
    version: str | None = None

    @property
    def part(self) -> str:
        """What stands in the names that are found, in lower case."""
        return lower(self.name.rpartition("/")[2])

    @property
    def namespace(self) -> str | None:
        """The namespace that is searched in, None for the ordinary manifests."""
        return self.name.rpartition("/")[0] or None

    def admits(self, version: Version) -> bool:
        """Tell whether a version is searched for."""
        return self.version is None or version.equals(Version.parse(self.version))


class Hit(NamedTuple):
    """One file of a server, or one rock of a tree: ``arch`` is ``installed`` then."""

    name: str
    version: Version
    arch: str
    place: str
    namespace: str | None = None

    @property
    def is_source(self) -> bool:
        """Whether it is what a rock is built from."""
        return self.arch in (SOURCE, ROCKSPEC)


class DistroHit(NamedTuple):
    """A package that would be the rock, and the command that installs it."""

    offer: Offer
    command: str


class Results(NamedTuple):
    """What was found for one Lua version: by name, the newest version first.

    ``is_whole`` is false where no server could be asked although there are some.
    """

    lua_version: str
    served: tuple[Hit, ...]
    offered: tuple[DistroHit, ...]
    installed: tuple[Hit, ...]
    warnings: tuple[str, ...]
    is_whole: bool


def search(query: Query, request: WorldRequest) -> Results:
    """Return all that is known of rocks with a part of a name; an empty part is in all names.

    Where ``request`` names no Lua version, LuaRocks' own default holds. Raises what makes its
    configuration unreadable.
    """
    with Jail() as jail:
        version = request.lua_version or default_lua_version(request.root, jail)
        config = read_configuration(
            request.root, version, jail, project=own_project(request.root)
        ).sound()
        found = look(RootView(request.root), version, jail)
    with World(request._replace(lua_version=version), found.trees, config.table) as world:
        served = _sorted(_served(world, query, str(config.table.get("arch"))))
        offered = tuple(_offered(world, query))
        installed = _sorted(_installed(world, query))
        warnings = (*config.warnings, *(text for tree in found.trees for text in tree.warnings))
        return Results(
            version,
            served,
            offered,
            installed,
            tuple(dict.fromkeys((*warnings, *world.warnings))),
            world.servers.is_reached(query.namespace),
        )


def _served(world: World, query: Query, own_arch: str) -> Iterator[Hit]:
    """Yield the files of servers, in the order of servers."""
    taken = {ALL, SOURCE, ROCKSPEC, own_arch}
    for server in world.servers.stock(query.namespace).servers:
        rocks = server.manifest.rocks
        for name in [name for name in rocks if query.part in name]:
            for text, archs in rocks[name].items():
                version = Version.parse(text)
                if query.admits(version):
                    for arch in archs:
                        if arch in taken:
                            place = str(server.address)
                            yield Hit(name, version, arch, place, query.namespace)


def _offered(world: World, query: Query) -> Iterator[DistroHit]:
    """Yield the distribution's offers; it knows no namespaces."""
    if world.request.distro is DistroUse.NEVER or query.namespace:
        return
    names = {name for name in world.distro.every_offer if query.part in name}
    for name in sorted(names or {query.part}):
        for offer in world.distro.offers(name):
            if query.admits(Version.parse(offer.version)):
                yield DistroHit(offer, world.distro.command(offer.package))


def _installed(world: World, query: Query) -> Iterator[Hit]:
    """Yield the rocks that are there: what Lua brings, and those of the trees."""
    for name, version in world.provided.items():
        if query.part in name and query.admits(version):
            yield Hit(name, version, "installed", PROVIDED)
    for tree in world.trees.trees:
        for rock in tree.rocks:
            in_space = query.namespace in (None, rock.namespace)
            if query.part in rock.name and in_space and query.admits(rock.version):
                place = tree.layout.rocks_dir
                yield Hit(rock.name, rock.version, "installed", place, rock.namespace)


def _sorted(hits: Iterator[Hit]) -> tuple[Hit, ...]:
    """Return hits by name, the newest version first; else they keep their order."""
    newest_first = sorted(hits, key=lambda hit: hit.version, reverse=True)
    return tuple(sorted(newest_first, key=lambda hit: hit.name))
