"""Mirror rocks: resolve what is asked for, fetch what the folder does not have, and publish it.

    found = mirror(MirrorRequest("/srv/rocks", needs, WorldRequest("")), print)

A rock is in the folder as a rock file beside its rockspec, which says for which Lua versions it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from types import MappingProxyType

from distrorocks.errors import UsageError
from distrorocks.lua.value import LuaTable
from distrorocks.luarocks.project import own_configuration, own_lua_version
from distrorocks.progress import Work
from distrorocks.resolve.candidate import Need
from distrorocks.rocks.version import Version
from distrorocks.serve.mirror.closure import Which, closure, mirror_config, world_request
from distrorocks.serve.mirror.content import Contents
from distrorocks.serve.mirror.fill import Filling, MirroredRock, MissingBinary, Progress
from distrorocks.servers.local_rock import read_local_rock
from distrorocks.servers.server_manifest import ALL
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.lua.jail import Jail
from distrorocks.values import NamedTuple
from distrorocks.world.candidates import World, WorldRequest
from distrorocks.world.rock_store import RockStore

_ROCKS = "/lib/luarocks"


class MirrorRequest(NamedTuple):
    """What to mirror, to the folder with the absolute path ``directory``.

    Without ``lua_versions`` the default one counts. ``files`` are paths of rockspecs and rocks
    whose dependencies are mirrored. ``pins`` are the versions of a lock file: all of its rocks are
    mirrored. Binary rocks of ``store`` are used with ``Which.BINARIES``.
    """

    directory: str
    needs: Sequence[Need]
    world: WorldRequest
    lua_versions: tuple[str, ...] = ()
    files: Sequence[str] = ()
    pins: Mapping[str, Version] = MappingProxyType({})
    which: Which = Which.USUAL
    store: RockStore | None = None


class Mirrored(NamedTuple):
    """The rocks of the mirror that were asked for, the manifests written, and warnings."""

    directory: str
    lua_versions: tuple[str, ...]
    rocks: tuple[MirroredRock, ...]
    written: tuple[str, ...]
    without_binary: tuple[MissingBinary, ...]
    warnings: tuple[str, ...]


def mirror(request: MirrorRequest, progress: Progress) -> Mirrored:
    """Bring the closure of a request into a folder, and publish the folder.

    Raise ``Conflict`` before anything is written if there is no closure, and ``MirrorError`` once
    all other rocks are there if some cannot be had.
    """
    _refuse_tree(request.directory)
    with Jail() as jail, ExitStack() as stack:
        needs = [*request.needs, *_needs_of(request.files, jail)]
        request = request._replace(needs=needs)
        versions = request.lua_versions or (own_lua_version(request.world.root, jail),)
        parts = [_contents(request, each, jail, stack) for each in dict.fromkeys(versions)]
        filling = stack.enter_context(
            Filling(request.directory, request.which, request.store, progress)
        )
        for part in parts:
            filling.fill(part)
        written, unlisted = filling.publish()
        filling.raise_faults()
        texts = (text for part in parts for text in part.warnings)
        return Mirrored(
            request.directory,
            tuple(part.lua_version for part in parts),
            filling.rocks,
            tuple(written),
            filling.without_binary,
            tuple(dict.fromkeys((*texts, *filling.warnings, *unlisted))),
        )


def _refuse_tree(directory: str) -> None:
    """Raise ``UsageError`` for a tree of installed rocks: its manifest is of another kind."""
    is_tree = _ROCKS in directory
    with suppress(FileReadError), NamedFolder(directory) as folder:
        is_tree = is_tree or folder.status_inside(_ROCKS) is not None
    if is_tree:
        raise UsageError(
            f"{directory} is a tree of installed rocks, and a mirror is a folder of rock files",
            hint="name another folder with --to; `distrorocks install --tree` fills a tree",
        )


def _needs_of(paths: Sequence[str], jail: Jail) -> Iterator[Need]:
    """Yield the dependencies of files that the user named, which are not in the mirror."""
    for path in paths:
        for need in read_local_rock(path, jail, arch=ALL).needs:
            yield need._replace(is_build=False)


def _contents(request: MirrorRequest, lua_version: str, jail: Jail, stack: ExitStack) -> Contents:
    """Return the closure for one Lua version, whose world is open as long as ``stack``."""
    asked = request.world
    config = own_configuration(asked.root, lua_version, jail)
    table = mirror_config(config.sound().table, request.which)
    about = world_request(asked, lua_version, request.which)
    world = stack.enter_context(World(about, (), table))
    with Work(f"choosing versions for Lua {lua_version}"):
        found = closure(world, request.needs, request.pins)
    found = found._replace(warnings=(*config.warnings, *found.warnings))
    return Contents(found, world, jail, only_from=_text(table, "only_sources_from"))


def _text(table: LuaTable, key: str) -> str | None:
    value = table.get(key)
    return value if isinstance(value, str) else None
