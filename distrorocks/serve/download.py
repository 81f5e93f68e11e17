"""Files of rocks servers, chosen as LuaRocks chooses them."""

from __future__ import annotations

from collections.abc import Iterator

from distrorocks.errors import DistrorocksError, NegativeError
from distrorocks.luarocks.project import own_configuration
from distrorocks.rocks.name import RockNameError, lower, parse_rock_name
from distrorocks.rocks.quotation import plain, quoted
from distrorocks.rocks.version import Version
from distrorocks.serve.pack.rock import PackedFile, Placed
from distrorocks.serve.pack.write import write_rocks
from distrorocks.servers.choice import RockFile, best_arch, in_order
from distrorocks.servers.rock_check import FetchedRock, check_rock_file
from distrorocks.servers.server_manifest import ALL, ROCKSPEC, SOURCE
from distrorocks.servers.signature import verify_fetched
from distrorocks.system.lua.jail import Jail
from distrorocks.values import NamedTuple
from distrorocks.world.candidates import World, WorldRequest


class Wish(NamedTuple):
    """What to download.

    ``name`` may have a namespace; ``version`` None means the newest. ``archs`` are those to choose
    from, () for what this machine can use. ``is_all`` takes every match, of any name if it is "".
    With ``is_verified`` each file must have a good signature on its server.
    """

    name: str
    version: str | None = None
    archs: tuple[str, ...] = ()
    is_all: bool = False
    is_verified: bool = False


class Chosen(NamedTuple):
    """The files of servers, checked, and warnings."""

    files: tuple[FetchedRock, ...]
    warnings: tuple[str, ...]


class Downloaded(NamedTuple):
    """The paths of the files written, and warnings."""

    paths: tuple[str, ...]
    warnings: tuple[str, ...]


def choose(wish: Wish, request: WorldRequest) -> Chosen:
    """Fetch the files of servers that a wish means.

    Raise ``NegativeError`` if there is none, ``DistrorocksError`` for one that is not fetched or
    is not safe to unpack, ``SignatureError`` for one whose signature is wanted and not good, and
    ``RockNameError`` for a name that no rock has: servers are not asked for it.
    """
    if wish.name or not wish.is_all:
        _check_name(wish.name)
    with Jail() as jail:
        config = own_configuration(request.root, request.lua_version, jail).sound()
        with World(request._replace(lua_version=config.lua_version), (), config.table) as world:
            files = list(_chosen(world, wish, str(config.table.get("arch"))))
            if not files:
                raise _none(world, wish)
            fetched = []
            for file in files:
                content = world.servers.content(file)
                rock = FetchedRock(file.name, file.version, file.arch, content, file.place)
                try:
                    check_rock_file(rock, jail)
                    if wish.is_verified:
                        verify_fetched(world.servers.files, file, content)
                except DistrorocksError:
                    world.servers.discard(file)
                    raise
                fetched.append(rock)
            return Chosen(tuple(fetched), (*config.warnings, *world.warnings))


def _check_name(text: str) -> None:
    """Raise ``RockNameError`` unless a text is NAME or NAMESPACE/NAME."""
    for part in text.split("/", 1):
        try:
            parse_rock_name(part)
        except RockNameError as error:
            brief = f"{quoted(text)} is neither NAME nor NAMESPACE/NAME of a rock"
            raise RockNameError(brief, hint=error.hint) from None


def download(wish: Wish, request: WorldRequest, folder: str) -> Downloaded:
    """Write the files that a wish means to ``folder``, an absolute path."""
    chosen = choose(wish, request)
    places = [
        Placed(each.file_name, PackedFile(each.file_name, each.content, each.place, ""))
        for each in chosen.files
    ]
    written = write_rocks(folder, places)
    return Downloaded(written.paths, (*chosen.warnings, *written.warnings))


def _chosen(world: World, wish: Wish, own: str) -> Iterator[RockFile]:
    """Yield the file to take, or with ``is_all`` every file that matches."""
    found = list(_matching(world, wish, own))
    if wish.is_all:
        yield from dict.fromkeys(found)
        return
    if found:
        newest = max(Version.parse(file.version) for file in found)
        of_newest = [file for file in found if Version.parse(file.version) == newest]
        yield in_order(_one_of_each(of_newest, own))[0]


def _one_of_each(files: list[RockFile], own: str) -> list[RockFile]:
    """Return the best file of each server."""
    by_server: dict[object, list[RockFile]] = {}
    for file in files:
        by_server.setdefault(file.server, []).append(file)
    chosen = []
    for of_server in by_server.values():
        best = best_arch([file.arch for file in of_server], own) or of_server[0].arch
        chosen.append(next(file for file in of_server if file.arch == best))
    return chosen


def _matching(world: World, wish: Wish, own: str) -> Iterator[RockFile]:
    """Yield every file of servers that matches, in the order of servers."""
    namespace, _, name = wish.name.rpartition("/")
    archs = wish.archs or (own, ALL, SOURCE, ROCKSPEC)
    wanted = None if wish.version is None else Version.parse(wish.version)
    for server in world.servers.stock(namespace or None).servers:
        rocks = server.manifest.rocks
        names = list(rocks) if wish.is_all and not name else [lower(name)]
        for each in names:
            for version, there in rocks.get(each, {}).items():
                if wanted is None or Version.parse(version).equals(wanted):
                    for arch in there:
                        if arch in archs:
                            yield RockFile(server.address, each, version, arch)


def _none(world: World, wish: Wish) -> DistrorocksError:
    """Return the error for a wish that no server satisfies."""
    namespace = wish.name.rpartition("/")[0] or None
    if not world.servers.is_reached(namespace):
        return world.servers.stock(namespace).faults[0]
    shown = plain(" ".join(filter(None, (wish.name, wish.version))))
    return NegativeError(
        f"Could not find a result named {shown}.",
        hint="see `distrorocks search NAME`; --lua-version and --arch select others",
    )
