"""Checks what the rocks of a plan need from outside LuaRocks, before anything is built."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from distrorocks.externals.settings import BUILD, INSTALL
from distrorocks.install.plan import Planned
from distrorocks.install.step import InstallRock
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.world.external_check import check_externals


def refuse_missing(found: Planned, variables: Iterable[str], *, like_3_8: bool) -> None:
    """Raise where a rock to install misses a library, a header or a program.

    What is built already needs its libraries only; all that is missing for rocks that have to be
    built is told at once. ``variables`` are ``NAME=value`` words, ``like_3_8`` looks as LuaRocks
    3.8 would.
    """
    known = dict(word.split("=", 1) for word in variables)
    steps = [(step, *_rockspec(found, step)) for step in found.plan.installs]
    for mode in (BUILD, INSTALL):
        rockspecs = [rockspec for _, rockspec, is_built in steps if is_built is (mode == INSTALL)]
        _check(found, rockspecs, known, mode, like_3_8=like_3_8)


def _check(
    found: Planned,
    rockspecs: Sequence[Rockspec],
    known: dict[str, str],
    mode: str,
    *,
    like_3_8: bool,
) -> None:
    if rockspecs:
        check_externals(
            rockspecs,
            found.site.installed.config,
            known,
            lua_version=found.site.installed.lua_version,
            mode=mode,
            like_3_8=like_3_8,
        ).sound()


def _rockspec(found: Planned, step: InstallRock) -> tuple[Rockspec, bool]:
    """Return a rock's rockspec, and whether it is built already."""
    local = found.rock_index.file_of(step.candidate)
    if local:
        return local.rockspec, local.is_built
    servers = found.world.servers
    is_built = servers.file_of(step.candidate).is_built
    return servers.rockspec(step.candidate).rockspec, is_built
