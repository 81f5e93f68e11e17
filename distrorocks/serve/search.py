"""Search for rocks on servers, in the distribution and in installed trees."""

from __future__ import annotations

from collections.abc import Iterator

from distrorocks.families.offer import Offer
from distrorocks.luarocks.project import own_configuration
from distrorocks.rocks.name import lower
from distrorocks.rocks.version import Version
from distrorocks.servers.server_manifest import ALL, ROCKSPEC, SOURCE
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.values import NamedTuple
from distrorocks.world.candidates import DistroUse, World, WorldRequest
from distrorocks.world.installed import look

PROVIDED = "provided by VM or rocks_provided"


class Query(NamedTuple):
    """A search query.

    ``name`` is part of a name, optionally with a namespace; ``version`` is None for all, and
    matches all revisions if it has none.
    """

    name: str
    version: str | None = None

    @property
    def part(self) -> str:
        """The part of the name to match, in lower case."""
        return lower(self.name.rpartition("/")[2])

    @property
    def namespace(self) -> str | None:
        """The namespace to search in, None for the plain manifests."""
        return self.name.rpartition("/")[0] or None

    def admits(self, version: Version) -> bool:
        """Return whether a version matches."""
        return self.version is None or version.equals(Version.parse(self.version))


class Hit(NamedTuple):
    """A file on a server, or an installed rock (``arch`` is ``installed``)."""

    name: str
    version: Version
    arch: str
    place: str
    namespace: str | None = None

    @property
    def is_source(self) -> bool:
        """Whether a rock can be built from it."""
        return self.arch in (SOURCE, ROCKSPEC)


class DistroHit(NamedTuple):
    """A package that provides the rock, and the command that installs it."""

    offer: Offer
    command: str


class Results(NamedTuple):
    """The results for one Lua version, by name, newest version first.

    ``is_whole`` is false if servers are configured and none is reachable. ``elsewhere`` says for
    which other Lua versions or machines a rock is there that was not found.
    """

    lua_version: str
    served: tuple[Hit, ...]
    offered: tuple[DistroHit, ...]
    installed: tuple[Hit, ...]
    warnings: tuple[str, ...]
    is_whole: bool
    elsewhere: str = ""


def search(query: Query, request: WorldRequest) -> Results:
    """Return the rocks that match a query; an empty name matches all.

    Without a Lua version in ``request``, use LuaRocks' default. Raise ``DistrorocksError`` if its
    configuration is unreadable.
    """
    with Jail() as jail:
        config = own_configuration(request.root, request.lua_version, jail).sound()
        version = config.lua_version
        found = look(RootView(request.root), version, jail)
    with World(request._replace(lua_version=version), found.trees, config.table) as world:
        served = _sorted(_served(world, query, str(config.table.get("arch"))))
        offered = tuple(_offered(world, query))
        installed = _sorted(_installed(world, query))
        warnings = (*config.warnings, *(text for tree in found.trees for text in tree.warnings))
        is_reached = world.servers.is_reached(query.namespace)
        is_missed = bool(query.name) and not (served or offered or installed)
        elsewhere = _elsewhere(world, query) if is_missed and is_reached else ""
        return Results(
            version,
            served,
            offered,
            installed,
            tuple(dict.fromkeys((*warnings, *world.warnings))),
            is_reached,
            elsewhere,
        )


def _elsewhere(world: World, query: Query) -> str:
    reason = None if query.namespace else world.elsewhere(query.part)
    return reason.brief if reason else ""


def _served(world: World, query: Query, own_arch: str) -> Iterator[Hit]:
    """Yield the servers' files, in server order."""
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
    """Yield the distribution's packages, which have no namespaces."""
    if world.request.distro is DistroUse.NEVER or query.namespace:
        return
    names = {name for name in world.distro.every_offer if query.part in name}
    for name in sorted(names or {query.part}):
        for offer in world.distro.offers(name):
            if query.admits(Version.parse(offer.version)):
                yield DistroHit(offer, world.distro.command(offer.package))


def _installed(world: World, query: Query) -> Iterator[Hit]:
    """Yield the rocks provided by Lua and those in trees."""
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
    """Return hits by name, newest version first; otherwise in stable order."""
    newest_first = sorted(hits, key=lambda hit: hit.version, reverse=True)
    return tuple(sorted(newest_first, key=lambda hit: hit.name))
