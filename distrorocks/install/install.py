"""Install rocks: plan, fetch and check every file, then build and deploy as one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from distrorocks.errors import NegativeError
from distrorocks.externals.settings import BUILD, INSTALL
from distrorocks.install.carry_out import Deploy, Progress, carry_out
from distrorocks.install.deployed import TreeState, tree_state
from distrorocks.install.plan import Planned, Request, planned, uses
from distrorocks.install.step import InstallRock
from distrorocks.install.steps import RockPlan
from distrorocks.luarocks.engine import LuaRocksEngine
from distrorocks.luarocks.install_engine import RockSource
from distrorocks.luarocks.pins_file import write_lock_file
from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.resolve.solution import Solution
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.rocks.version import Version
from distrorocks.servers.rock_check import FetchedRock, check_rock_file
from distrorocks.system.files.scratch import ScratchDirectory
from distrorocks.system.lua.jail import Jail
from distrorocks.system.trees.tree_rights import refuse_foreign
from distrorocks.world.external_check import check_externals

Consent = Callable[[Planned], bool]


class Refused(NegativeError):  # noqa: N818 - what happened to the request
    """A plan that cannot be carried out, or not yet."""


class Installation(NamedTuple):
    """The outcome: the plan, and whether it was carried out.

    ``pinned_in`` is the path of the lock file written, "" if none.
    """

    plan: RockPlan
    is_done: bool
    pinned_in: str = ""


def install_rocks(
    request: Request, *, consent: Consent, progress: Progress, pins_file: str = ""
) -> Installation:
    """Install the requested rocks if ``consent`` agrees to the plan.

    All files are fetched and all external dependencies checked before the tree changes. With
    ``pins_file``, write the versions of the dependencies there afterwards. Raise ``Refused`` for a
    plan that would write to a tree of packages, or that requires packages to be installed first.
    """
    with planned(request) as found:
        before = tree_state("/", found.site.target_tree.layout)
        agreed = consent(found)
        _refuse(found.plan, is_choice=len(uses(request)) == 1)
        if not agreed:
            return Installation(found.plan, is_done=False)
        if found.plan.installs:
            refuse_foreign(found.site.target_tree.layout)
            with ScratchDirectory() as directory:
                _install(found, before, directory, request.operands.variables, progress)
        if pins_file:
            write_lock_file(pins_file, pins(found.solution))
        return Installation(found.plan, is_done=True, pinned_in=pins_file)


def pins(solution: Solution) -> dict[str, Version]:
    """Return the pins for a lock file: the version of every dependency, with its namespace."""
    needed = {edge.required for edge in solution.edges if edge.requirer is not None}
    return {
        f"{each.namespace}/{name}" if each.namespace else name: each.version
        for name, each in solution.chosen.items()
        if name in needed and each.origin is not Origin.PROVIDED
    }


def _install(
    found: Planned,
    before: TreeState,
    directory: ScratchDirectory,
    variables: Sequence[str],
    progress: Progress,
) -> None:
    layout = found.site.target_tree.layout
    with Jail() as jail:
        actions = [
            Deploy(_source(found, step, directory, variables, jail), step.replaces)
            for step in found.plan.installs
        ]
    with LuaRocksEngine(found.site.layouts, found.site.config_files) as engine:
        _refuse_missing(found, variables, like_3_8=not engine.takes_lock)
        carry_out(actions, layout, engine, before=before, progress=progress)


def _refuse_missing(found: Planned, variables: Iterable[str], *, like_3_8: bool) -> None:
    """Raise if a library, header or program needed by a rock to install is missing.

    Binary rocks only need libraries. Everything missing is reported at once. ``variables`` are
    ``NAME=value`` arguments; ``like_3_8`` searches like LuaRocks 3.8.
    """
    known = dict(each.split("=", 1) for each in variables)
    steps = [(step, *_rockspec(found, step)) for step in found.plan.installs]
    for mode in (BUILD, INSTALL):
        rockspecs = [rockspec for _, rockspec, is_built in steps if is_built is (mode == INSTALL)]
        _check_externals(found, rockspecs, known, mode, like_3_8=like_3_8)


def _check_externals(
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
    """Return a rock's rockspec, and whether its file is a binary rock."""
    local = found.rock_index.file_of(step.candidate)
    if local:
        return local.rockspec, local.is_built
    servers = found.world.servers
    is_built = servers.file_of(step.candidate).is_built
    return servers.rockspec(step.candidate).rockspec, is_built


def _source(
    found: Planned,
    step: InstallRock,
    directory: ScratchDirectory,
    variables: Sequence[str],
    jail: Jail,
) -> RockSource:
    """Return a rock whose checked file is written to ``directory``."""
    file = _file(found, step.candidate)
    check_rock_file(file, jail)
    path = directory.write(file.file_name, file.content)
    space = step.candidate.namespace
    return RockSource(file.name, file.version, path, file.place, space, tuple(variables))


def _file(found: Planned, candidate: Candidate) -> FetchedRock:
    """Return the file of a rock: the one named by the user, or else fetched."""
    name, version = candidate.name, candidate.version.string
    local = found.rock_index.file_of(candidate)
    if local:
        return FetchedRock(name, version, local.arch, local.content, local.path)
    servers = found.world.servers
    file = servers.file_of(candidate)
    return FetchedRock(name, version, file.arch, servers.content(file), str(file.server))


def _refuse(plan: RockPlan, *, is_choice: bool) -> None:
    """Raise ``Refused`` if a plan has refusals, or requires packages to be installed first.

    With ``is_choice`` the user asked for packages, so another plan may exist without them.
    """
    if plan.refusals:
        first = plan.refusals[0]
        rocks = ", ".join(str(step.candidate) for step in plan.refusals)
        raise Refused(f"{first.reason}: {rocks} cannot be installed there", hint=first.hint)
    if plan.suggestions:
        rocks = ", ".join(str(step.candidate) for step in plan.suggestions)
        raise Refused(
            f"install packages first: they provide {rocks}",
            detail=f"  {plan.needed_command}",
            hint="run this command, then try again"
            + ("; --distro=suggest prefers other rocks" if is_choice else ""),
        )
