"""The checked file of each rock of a plan: a rockspec, a source rock or a binary rock."""

from __future__ import annotations

import posixpath

from distrorocks.errors import DistrorocksError
from distrorocks.install.plan import Planned
from distrorocks.install.step import InstallRock
from distrorocks.resolve.candidate import Candidate
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.servers.rock_check import FetchedRock, RockCheckError, check_rock_file
from distrorocks.servers.server_manifest import ROCKSPEC, SOURCE
from distrorocks.system.lua.jail import Jail
from distrorocks.values import NamedTuple


class RockInput(NamedTuple):
    """What one step installs from.

    ``text`` is the rockspec's file. ``directory`` has what a rockspec named by the user names
    relative to itself, "" for one from a server. ``may_be_local`` if its sources may be files of
    this machine: if the user named it, or its server is a directory. ``is_rebuilt`` if it is built
    even if the rock store has it. ``copied_from`` is the folder that has its sources already, "" if
    they are fetched. ``lock`` is the ``luarocks.lock`` that the rock keeps.
    """

    step: InstallRock
    file: FetchedRock
    rockspec: Rockspec
    text: bytes
    directory: str
    may_be_local: bool
    is_rebuilt: bool = False
    copied_from: str = ""
    lock: bytes | None = None

    @property
    def is_built(self) -> bool:
        """Whether it is a binary rock, so that nothing has to be built."""
        return self.file.arch not in (ROCKSPEC, SOURCE)

    @property
    def packed(self) -> bytes | None:
        """The content of the source rock, None if the sources have to be fetched."""
        return self.file.content if self.file.arch == SOURCE else None

    def __str__(self) -> str:
        return f"{self.file.name} {self.file.version}"


def rock_inputs(found: Planned, jail: Jail, *, is_verified: bool = False) -> list[RockInput]:
    """Return the inputs of all rocks that a plan installs, in its order.

    Fetch what is on servers. Raise ``RockCheckError`` for a file that is not safe to unpack; with
    ``is_verified``, ``SignatureError`` for one without a good signature.
    """
    return [_input(found, step, jail, is_verified) for step in found.plan.installs]


def _input(found: Planned, step: InstallRock, jail: Jail, is_verified: bool) -> RockInput:
    file, directory, is_local = _file(found, step.candidate)
    try:
        if is_verified:
            _verify(found, step.candidate, file)
        rockspec, text = check_rock_file(file, jail)
    except DistrorocksError:
        if not found.rock_index.file_of(step.candidate):
            found.world.servers.discard(found.world.servers.file_of(step.candidate))
        raise
    if "hooks" in rockspec.table and found.site.installed.config.get("hooks_enabled") is False:
        raise RockCheckError(
            f"{rockspec.name} {rockspec.version} has hooks, which LuaRocks' configuration forbids",
            hint="hooks_enabled is false there",
        )
    rock = RockInput(step, file, rockspec, text, directory, is_local)
    return _as_requested(rock, found) if step.candidate.name in found.requested else rock


def _as_requested(rock: RockInput, found: Planned) -> RockInput:
    """Return the input of a rock that the user named, by what the request says of such rocks."""
    request, own = found.request, found.request.own_build
    if request.branch:
        rock = rock._replace(rockspec=rock.rockspec.with_branch(request.branch))
    if own is None:
        return rock
    if rock.is_built:
        raise RockCheckError(
            f"{rock} is a binary rock: there is nothing to build",
            hint="use install, or take the .src.rock or the .rockspec",
        )
    from distrorocks.luarocks.pins_file import lock_text, pins_of, read_lock_text

    lock = None
    if own.ignores_pins:
        lock = lock_text(pins_of(found.solution))
    elif own.folder and posixpath.dirname(found.lock_file) == own.folder:
        lock = read_lock_text(found.lock_file)
    return rock._replace(is_rebuilt=True, copied_from=own.folder, lock=lock)


def _verify(found: Planned, candidate: Candidate, file: FetchedRock) -> None:
    from distrorocks.servers.signature import verify_fetched, verify_local

    if found.rock_index.file_of(candidate):
        verify_local(file.place, file.content)
    else:
        servers = found.world.servers
        verify_fetched(servers.files, servers.file_of(candidate), file.content)


def _file(found: Planned, candidate: Candidate) -> tuple[FetchedRock, str, bool]:
    """Return the file of a rock, the directory of a local one, and whether it may name files."""
    name, version = candidate.name, candidate.version.string
    local = found.rock_index.file_of(candidate)
    if local:
        directory = local.path.rpartition("/")[0] or "/"
        return FetchedRock(name, version, local.arch, local.content, local.path), directory, True
    servers = found.world.servers
    file = servers.file_of(candidate)
    content = servers.confirmed(candidate)
    fetched = FetchedRock(name, version, file.arch, content, str(file.server))
    return fetched, "", file.server.is_local
