"""All candidates: rocks provided by Lua, in trees, in the distribution, on servers.

``World`` is the resolver's ``Index``. Each source is read on first use; servers are not queried for
rocks that Lua provides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from enum import Enum
from functools import partial

from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaTable
from distrorocks.resolve.candidate import Candidate, Need, Origin
from distrorocks.rocks.lua_version import provided_rocks
from distrorocks.rocks.name import lower
from distrorocks.rocks.version import Version
from distrorocks.servers.configured import (
    NO_SERVER_OPTIONS,
    Mirrors,
    ServerOptions,
    server_files,
    servers,
)
from distrorocks.servers.time_limit import ServerError
from distrorocks.system.files.root_path import RootView
from distrorocks.system.lua.jail import Jail
from distrorocks.system.processes.closing import Closing
from distrorocks.values import TYPE_CHECKING, NamedTuple
from distrorocks.world.distro_rocks import DistroRocks
from distrorocks.world.installed_tree import InstalledTree
from distrorocks.world.other_manifests import Elsewhere, OtherManifests
from distrorocks.world.server_rocks import ServerRocks
from distrorocks.world.tree_rocks import TreeRocks

if TYPE_CHECKING:
    from distrorocks.world.rock_judge import RockJudge


class DistroUse(Enum):
    """How to use the distribution's packages.

    ``NEVER``: ignore them. ``SUGGEST``: mention them, but never choose them. ``REQUIRE``: the
    resolver may choose them; they must then be installed before the rocks that need them.
    """

    NEVER = "never"
    SUGGEST = "suggest"
    REQUIRE = "require"


class WorldRequest(NamedTuple):
    """Which candidates to consider.

    ``unbuilt`` selects only sources and rockspecs. Of the rocks in ``unbuilt_names`` only those of
    servers count: whoever builds a rock does not want the one that is installed. With
    ``is_for_here`` binary rocks that would not load in ``root`` are passed over.
    """

    lua_version: str
    root: str = "/"
    servers: ServerOptions = NO_SERVER_OPTIONS
    distro: DistroUse = DistroUse.SUGGEST
    is_offline: bool = False
    unbuilt: bool = False
    unbuilt_names: frozenset[str] = frozenset()
    is_for_here: bool = False


class World(Closing):
    """All candidates for one Lua version; use it in a ``with`` statement, which ends its jail.

    ``trees`` are the consulted trees, in order; what is in ``hidden`` only explains why there is no
    candidate. ``before`` is an earlier world of the same run and request, whose server data is
    reused.
    """

    def __init__(
        self,
        request: WorldRequest,
        trees: Sequence[InstalledTree],
        config: LuaTable,
        *,
        hidden: Sequence[InstalledTree] = (),
        before: World | None = None,
    ) -> None:
        self._hidden = tuple(hidden)
        self.request = request
        provided = provided_rocks(request.lua_version, config)
        self.provided = {lower(name): version for name, version in provided.items()}
        self._jail: Jail = before._jail if before else Jail()
        configured = servers(config, request.servers)
        self.servers: ServerRocks = (
            before.servers if before else _served(request, configured.groups, config, self._jail)
        )
        self._elsewhere: OtherManifests = (
            before._elsewhere if before else OtherManifests(self.servers)
        )
        self.trees = TreeRocks(RootView(request.root), trees, self._jail)
        self.distro = DistroRocks(request.root, request.lua_version)
        self._warnings = configured.warnings

    def close(self) -> None:
        """End the jail."""
        self._jail.close()

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings so far."""
        texts = (
            *self._warnings,
            *self.servers.files.warnings,
            *self.trees.warnings,
            *self.distro.warnings,
        )
        return tuple(dict.fromkeys(texts))

    def candidates(self, name: str, namespace: str | None) -> Sequence[Candidate]:
        """Return every candidate of a lower-case name, as ``Index`` says.

        Raise ``ServerError`` if no server is reachable, ``Elsewhere`` if the rock is there only for
        other Lua versions or machines.
        """
        found = list(self.present(name, namespace))
        if name in self.provided:
            return found
        is_built_here = name in self.request.unbuilt_names
        is_packaged = self.request.distro is DistroUse.REQUIRE and not is_built_here
        if is_packaged and namespace is None:
            found += self.distro.candidates(name)
        try:
            found += self.servers.candidates(name, namespace)
        except ServerError:
            if not found:
                raise  # else it is only a warning
        if not (found or namespace or self.offered(name)):
            reason = self.elsewhere(name)
            if reason:
                raise reason
        return found

    def present(self, name: str, namespace: str | None) -> Sequence[Candidate]:
        """Return the candidates that are provided or installed."""
        if name in self.provided:
            return [Candidate(name, self.provided[name], Origin.PROVIDED)]
        if name in self.request.unbuilt_names:
            return []
        return list(self.trees.candidates(name, namespace))

    def elsewhere(self, name: str) -> Elsewhere | None:
        """Return why a rock that is there has no candidates here, None if there is none at all.

        It is in a hidden tree, or for other Lua versions or machines.
        """
        for tree in self._hidden:
            for rock in tree.versions(name):
                where = f"{rock} is in {tree.layout.root}, where deps_mode does not look"
                return Elsewhere(
                    f"{where} (--deps-mode=all does)" if tree.tree.is_listed else where
                )
        return self._elsewhere.why_none(name, self._other_lua_versions(name))

    def _other_lua_versions(self, name: str) -> set[str]:
        """Return the other Lua versions for which trees or packages have a rock."""
        found = self.trees.lua_versions(name, self._hidden)
        if self.request.distro is not DistroUse.NEVER:
            found |= self.distro.lua_versions(name)
        return found

    def dependencies(self, candidate: Candidate) -> Sequence[Need]:
        """Return the dependencies of a candidate, as ``Index`` says; raise ``Unusable``."""
        if candidate.origin is Origin.INSTALLED:
            return self.trees.needs(candidate)
        if candidate.origin is Origin.DISTRO:
            return self.distro.needs(candidate)
        if candidate.origin is Origin.SERVER:
            return self.servers.needs(candidate)
        return ()

    def newest_for_other_lua(self, candidates: Sequence[Candidate]) -> Iterator[str]:
        """Yield a warning for each candidate of which a server has a newer one for another Lua.

        What cannot be read is left out.
        """
        names = {it.name for it in candidates if not it.namespace}
        others = self._elsewhere.newest(names, far=self.request.servers.asks_all_luas)
        for each in candidates:
            with suppress(DistrorocksError):
                other = None if each.namespace else others.get(each.name)
                if text := self._newer(each, other):
                    yield text

    def _newer(self, candidate: Candidate, other: tuple[Version, str] | None) -> str:
        """Return a warning if there is a newer version for this or the ``other`` Lua, else ""."""
        lua, version = self.provided.get("lua"), self.request.lua_version
        mine = list(self.servers.candidates(candidate.name, candidate.namespace))
        newest = max(mine, key=lambda each: each.version, default=candidate)
        if lua is not None and newest.version > candidate.version:
            for need in self.servers.needs(newest):
                wanted = need.dependency
                if wanted.rock_name == "lua" and not wanted.satisfied_by(lua):
                    return f"{newest} needs {wanted}, so {candidate} is taken for Lua {version}"
        if other and other[0] > newest.version:
            newer = f"{candidate.name} {other[0]} is there for Lua {other[1]}"
            return f"{newer}, but not for {version}, so {candidate} is taken"
        return ""

    def offered(self, name: str) -> Sequence[Candidate]:
        """Return the packages that provide a rock, including those only suggested."""
        if self.request.distro is DistroUse.NEVER:
            return ()
        return list(self.distro.candidates(name))

    def prefetch(self, candidates: Sequence[Candidate]) -> None:
        """Start fetching the rockspecs of candidates from servers."""
        self.servers.prefetch(each for each in candidates if each.origin is Origin.SERVER)


def _served(
    request: WorldRequest, groups: Sequence[Mirrors], config: LuaTable, jail: Jail
) -> ServerRocks:
    """Return the rocks of the selected servers."""
    files = server_files(config, request.servers, is_offline=request.is_offline)
    return ServerRocks(
        files,
        groups,
        request.lua_version,
        arch=_text(config, "arch"),
        jail=jail,
        unbuilt=request.unbuilt,
        unbuilt_names=request.unbuilt_names,
        judge=partial(_judge, request) if request.is_for_here else None,
    )


def _judge(request: WorldRequest) -> RockJudge:
    """Return the judge of binary rocks, which few plans need."""
    from distrorocks.world.rock_judge import RockJudge

    return RockJudge(request.root, request.lua_version)


def _text(config: LuaTable, key: str) -> str:
    value = config.get(key)
    return value if isinstance(value, str) else ""
