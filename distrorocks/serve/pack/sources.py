"""The source rock of a rockspec: with a local archive, a download or a checkout."""

from __future__ import annotations

import posixpath

from distrorocks.luarocks.project import own_configuration
from distrorocks.serve.pack.rock import PackedFile, checked
from distrorocks.servers.configured import NO_SERVER_OPTIONS, ServerOptions, server_files
from distrorocks.servers.files import ServerFiles
from distrorocks.servers.rock_check import FetchedRock
from distrorocks.servers.rockspec_needs import read_rockspec
from distrorocks.servers.server_manifest import SOURCE
from distrorocks.sources.source import source_of
from distrorocks.sources.source_file import refuse_forbidden
from distrorocks.sources.source_rock import source_rock
from distrorocks.system.lua.jail import Jail
from distrorocks.values import NamedTuple


class Origin(NamedTuple):
    """Where sources may come from.

    ``files`` fetches them; a relative path is below ``above``. ``only_from`` is LuaRocks'
    ``only_sources_from``, None for any. Set ``may_be_local`` to false for a far server's rockspec.
    """

    files: ServerFiles
    above: str
    only_from: str | None = None
    may_be_local: bool = True


def usual_origin(
    above: str,
    jail: Jail,
    *,
    may_be_local: bool = True,
    options: ServerOptions = NO_SERVER_OPTIONS,
    is_offline: bool = False,
) -> Origin:
    """Return the origin that LuaRocks' configuration of this user allows.

    Of the ``options`` only the time that a server may take counts.
    """
    table = own_configuration("/", "", jail).sound().table
    only_from = table.get("only_sources_from")
    allowed = only_from if isinstance(only_from, str) else None
    return Origin(server_files(table, options, is_offline=is_offline), above, allowed, may_be_local)


def pack_rockspec(text: bytes, path: str, jail: Jail, origin: Origin) -> PackedFile:
    """Return the source rock of the rockspec at ``path``, whose content is ``text``.

    Raise ``DistrorocksError`` if the rockspec is unsound, or its sources cannot be had.
    """
    rockspec = read_rockspec(text, path, file_name=posixpath.basename(path), jail=jail)
    refuse_forbidden(
        source_of(rockspec), may_be_local=origin.may_be_local, only_from=origin.only_from
    )
    content = source_rock(rockspec, text, origin.files, above=origin.above)
    return checked(FetchedRock(rockspec.name, rockspec.version, SOURCE, content, path), jail)
