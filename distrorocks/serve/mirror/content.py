"""The file of a rock for a mirror: a server's, or its rockspec packed with the sources; checked.

It has to be one that installs without a network, so sources are looked at as a build does: a source
rock must have the file that its rockspec names, with the rockspec's MD5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress

from distrorocks.errors import DistrorocksError
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.serve.mirror.closure import Closure, Member
from distrorocks.servers.choice import file_name
from distrorocks.servers.files import Wanted
from distrorocks.servers.rock_check import FetchedRock, check_rock_file
from distrorocks.servers.server_manifest import ALL, ROCKSPEC, SOURCE
from distrorocks.sources.source import Kind, Source, SourceError, source_of
from distrorocks.sources.source_file import (
    MOST_DOWNLOADED,
    check_md5,
    refuse_forbidden,
    wanted_file,
)
from distrorocks.sources.source_rock import source_rock
from distrorocks.system.files.zip_archive import read_member
from distrorocks.system.lua.file import ROCKSPEC_LIMIT
from distrorocks.system.lua.jail import Jail
from distrorocks.values import NamedTuple
from distrorocks.world.candidates import World
from distrorocks.world.rock_store import RockStore
from distrorocks.world.server_rocks import wanted


class RockContent(NamedTuple):
    """A checked file of a mirror; ``origin`` is the address of what it was made of."""

    name: str
    content: bytes
    origin: str


class Contents:
    """The closure for one Lua version, and the files of its rocks; its ``world`` stays open.

    ``only_from`` is LuaRocks' ``only_sources_from``, None for any.
    """

    def __init__(
        self, found: Closure, world: World, jail: Jail, *, only_from: str | None = None
    ) -> None:
        self.members = found.members
        self.lua_version = world.request.lua_version
        self.arch = world.servers.arch
        self._found = found
        self._world = world
        self._jail = jail
        self._only_from = only_from

    @property
    def warnings(self) -> tuple[str, ...]:
        """The warnings so far."""
        passed_over = self._world.servers.passed_over.values()
        return (*self._found.warnings, *self._world.warnings, *passed_over)

    def prefetch(self, members: Iterable[Member]) -> None:
        """Start fetching the files of rocks, in other threads."""
        self._world.servers.files.prefetch(self._wanted(members))

    def get(self, member: Member) -> RockContent:
        """Return the file of a rock; raise ``DistrorocksError`` if it cannot be had, or is bad."""
        file = member.file
        loose = FetchedRock(file.name, file.version, ROCKSPEC, member.found.text, str(file.server))
        check_rock_file(loose, self._jail)
        if file.arch == ROCKSPEC:
            return self._packed(member)
        content = self._world.servers.confirmed(member.candidate)
        fetched = FetchedRock(file.name, file.version, file.arch, content, str(file.server))
        rockspec = check_rock_file(fetched, self._jail).rockspec
        if file.arch == SOURCE:
            _check_source_rock(rockspec, content)
        return RockContent(file.file_name, content, str(file))

    def stored(self, member: Member, store: RockStore) -> RockContent | None:
        """Return the binary rock that the rock store has of a rock, if it has one."""
        key = (member.file.name, member.file.version, self.lua_version)
        for rock in store.list():
            if (rock.name, rock.version, rock.lua_version) == key and rock.arch in (self.arch, ALL):
                found = self.built(member, rock.arch, store.content(rock) or b"", "rock store")
                if found:
                    return found
        return None

    def built(self, member: Member, arch: str, content: bytes, origin: str) -> RockContent | None:
        """Return a binary rock that may be one of a rock if it is sound, and of its rockspec."""
        file = member.file._replace(arch=arch)
        inside = file_name(file.name, file.version, ROCKSPEC)
        with suppress(DistrorocksError):
            check_rock_file(FetchedRock(file.name, file.version, arch, content, origin), self._jail)
            if read_member(content, inside, ROCKSPEC_LIMIT) == member.found.text:
                return RockContent(file.file_name, content, origin)
        return None

    def _wanted(self, members: Iterable[Member]) -> Iterator[Wanted]:
        """Yield what can be fetched ahead."""
        for member in members:
            if member.file.arch != ROCKSPEC:
                yield wanted(member.file)
                continue
            with suppress(DistrorocksError):
                source = source_of(member.found.rockspec)
                self._refuse(source, member)
                if source.kind is Kind.DOWNLOAD:
                    yield wanted_file(source)

    def _packed(self, member: Member) -> RockContent:
        """Return the source rock of a rockspec."""
        rockspec, file = member.found.rockspec, member.file
        source = source_of(rockspec)
        self._refuse(source, member)
        content = source_rock(rockspec, member.found.text, self._world.servers.files)
        check_rock_file(
            FetchedRock(file.name, file.version, SOURCE, content, source.shown), self._jail
        )
        return RockContent(member.file_name, content, source.shown)

    def _refuse(self, source: Source, member: Member) -> None:
        """Raise ``SourceError`` if sources must not be fetched."""
        is_near = member.file.server.is_local
        refuse_forbidden(source, may_be_local=is_near, only_from=self._only_from)


def _check_source_rock(rockspec: Rockspec, content: bytes) -> None:
    """Raise ``SourceError`` unless a source rock has the sources of its rockspec."""
    source = source_of(rockspec)
    if source.is_checkout:
        return
    try:
        inner = read_member(content, source.file, MOST_DOWNLOADED)
    except DistrorocksError as error:
        raise SourceError(
            f"the source rock of {source.rock} cannot be built: {error.brief}",
            hint="report it to whoever packed it",
        ) from None
    check_md5(source, inner)
