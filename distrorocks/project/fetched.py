"""The sources that a rockspec in the making names, fetched as those of every rock are."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager

from distrorocks.lua.read import parse
from distrorocks.lua.value import LuaTable
from distrorocks.lua.write import persist
from distrorocks.luarocks.project import own_configuration
from distrorocks.project.identity import Identity
from distrorocks.rocks.rockspec import Rockspec, completed
from distrorocks.servers.address import Address
from distrorocks.servers.files import Wanted
from distrorocks.sources.fetch import SourceRequest, fetch_sources
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.files.scratch import ScratchDirectory
from distrorocks.system.lua.jail import Jail
from distrorocks.values import NamedTuple
from distrorocks.world.candidates import World, WorldRequest


class Sources(NamedTuple):
    """Sources that were fetched.

    ``folder`` is what they were unpacked in, ``directory`` where they begin in it, "" for itself,
    and ``md5`` that of an archive.
    """

    folder: str
    directory: str
    md5: str

    @property
    def place(self) -> str:
        """The absolute path at which the sources begin."""
        return f"{self.folder}/{self.directory}".rstrip("/")

    def unexpected(self, source: LuaTable) -> str:
        """Return the directory if LuaRocks would not find it by the rest of a ``source``, or ""."""
        rest = {key: value for key, value in source.items() if key != "dir"}
        likely = completed(rest, since_3_0=True)["dir"]
        return "" if self.directory in ("", likely) else self.directory

    def has(self, directory: str) -> bool:
        """Return whether there is such a directory among what was unpacked."""
        with NamedFolder(self.folder) as folder:
            status = folder.status_inside(f"/{directory.strip('/')}")
        return status is not None and stat.S_ISDIR(status.st_mode)


@contextmanager
def fetched(
    rock: Identity,
    source: LuaTable,
    request: WorldRequest,
    *,
    above: str,
    may_be_local: bool = True,
) -> Iterator[Sources]:
    """Fetch what a ``source`` table of a rock names, for the block; raise ``SourceError``.

    Relative paths are below ``above``; files of this machine are refused unless it
    ``may_be_local``. No MD5 is expected, and the directory is looked for.
    """
    plain = {key: value for key, value in source.items() if key not in ("md5", "dir")}
    table: LuaTable = {
        "rockspec_format": "3.0",
        "package": rock.name,
        "version": rock.full_version,
        "source": plain,
    }
    rockspec = Rockspec.from_chunk(parse(persist(table)))
    with ScratchDirectory() as scratch:
        with _world(request) as (world, config):
            only = config.get("only_sources_from")
            wanted = SourceRequest(
                rockspec,
                f"{scratch.path}/sources",
                above=above,
                may_be_local=may_be_local,
                only_from=only if isinstance(only, str) else None,
            )
            (found,) = fetch_sources([wanted], world.servers.files)
        directory = found.directory.removeprefix(found.folder).strip("/")
        yield Sources(found.folder, directory, found.md5)


def content_at(url: str, request: WorldRequest, limit: int) -> bytes:
    """Return the file at an address."""
    with _world(request) as (world, _):
        return world.servers.files.content(Wanted(Address.parse(url), "", limit))


@contextmanager
def _world(request: WorldRequest) -> Iterator[tuple[World, LuaTable]]:
    """Open the servers of LuaRocks' configuration for the block; return them and the latter."""
    with Jail() as jail:
        config = own_configuration(request.root, request.lua_version, jail).sound()
    with World(request._replace(lua_version=config.lua_version), (), config.table) as world:
        yield world, config.table
