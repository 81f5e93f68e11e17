"""Carries a plan out: fetch every file, build and deploy in order, check; or nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from distrorocks.errors import NegativeError
from distrorocks.install.carry_out import Deploy, Progress, carry_out
from distrorocks.install.deployed import TreeState, tree_state
from distrorocks.install.externals import refuse_missing
from distrorocks.install.plan import Planned, Request, planned, uses
from distrorocks.install.step import InstallRock
from distrorocks.install.steps import RockPlan
from distrorocks.luarocks.engine import LuaRocksEngine
from distrorocks.luarocks.install_engine import RockSource
from distrorocks.luarocks.pins_file import write_lock_file
from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.resolve.solution import Solution
from distrorocks.rocks.version import Version
from distrorocks.servers.rock_check import FetchedRock, check_rock_file
from distrorocks.system.files.scratch import ScratchDirectory
from distrorocks.system.lua.jail import Jail
from distrorocks.system.trees.tree_rights import refuse_foreign

Consent = Callable[[Planned], bool]


class Refused(NegativeError):  # noqa: N818 - what happened to the request
    """A plan that must not be carried out, or not yet."""


class Installation(NamedTuple):
    """What became of a request: the plan, and whether it was carried out.

    ``pinned_in`` is the lock file that was written, "" for none.
    """

    plan: RockPlan
    is_done: bool
    pinned_in: str = ""


def install_rocks(
    request: Request, *, consent: Consent, progress: Progress, pins_file: str = ""
) -> Installation:
    """Install what is asked for; ``consent`` sees the plan before anything is done.

    Nothing in a tree changes before every file is fetched, and before all that the rocks need from
    outside LuaRocks is there. With ``pins_file``, the versions of what the rocks need are written
    there afterwards. Raises ``Refused`` for a plan that would write where packages do, or that
    counts on packages which are not installed.
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
    """Return what a lock file says of a solution: all that some rock needs, with its namespace."""
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
        refuse_missing(found, variables, like_3_8=not engine.takes_lock)
        carry_out(actions, layout, engine, before=before, progress=progress)


def _source(
    found: Planned,
    step: InstallRock,
    directory: ScratchDirectory,
    variables: Sequence[str],
    jail: Jail,
) -> RockSource:
    """Return a rock with its file in ``directory``: the very bytes that were checked."""
    file = _file(found, step.candidate)
    check_rock_file(file, jail)
    path = directory.write(file.file_name, file.content)
    space = step.candidate.namespace
    return RockSource(file.name, file.version, path, file.place, space, tuple(variables))


def _file(found: Planned, candidate: Candidate) -> FetchedRock:
    """Return the file of a rock, which is fetched unless a user named it."""
    name, version = candidate.name, candidate.version.string
    local = found.rock_index.file_of(candidate)
    if local:
        return FetchedRock(name, version, local.arch, local.content, local.path)
    servers = found.world.servers
    file = servers.file_of(candidate)
    return FetchedRock(name, version, file.arch, servers.content(file), str(file.server))


def _refuse(plan: RockPlan, *, is_choice: bool) -> None:
    """Raise where a plan cannot be carried out by us, or not before packages are installed.

    ``is_choice`` tells that packages were asked for, so that there may be another plan.
    """
    if plan.refusals:
        first = plan.refusals[0]
        rocks = ", ".join(str(step.candidate) for step in plan.refusals)
        raise Refused(f"{first.reason}: {rocks} cannot be installed there", hint=first.hint)
    if plan.suggestions:
        rocks = ", ".join(str(step.candidate) for step in plan.suggestions)
        raise Refused(
            f"packages come first: they have {rocks}",
            detail=f"  {plan.needed_command}",
            hint="run that, then this again"
            + ("; --distro=suggest takes other rocks where it can" if is_choice else ""),
        )
