"""Install rocks: plan, build every rock apart in the sandbox, then deploy all or none."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from distrorocks.errors import NegativeError
from distrorocks.install.builder import BuildSandbox, Workshop
from distrorocks.install.deploy.built_rock import read_built_rock
from distrorocks.install.deploy.deploy import deploy, recover, rocks_of, told_recovery
from distrorocks.install.deploy.observe import Install
from distrorocks.install.deploy.placement import COMMAND, MODULE, Item
from distrorocks.install.plan import Planned, Request, planned, uses
from distrorocks.install.produce import Progress, produce_all
from distrorocks.install.rock_input import rock_inputs
from distrorocks.install.site_wrappers import wrapper_settings
from distrorocks.install.steps import RockPlan
from distrorocks.luarocks.pins_file import write_lock_file
from distrorocks.resolve.candidate import Origin
from distrorocks.resolve.solution import Solution
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.rocks.version import Version
from distrorocks.system.files.lock import LockError
from distrorocks.system.files.scratch import ScratchDirectory
from distrorocks.system.lua.jail import Jail
from distrorocks.system.processes.interruption import interruptible
from distrorocks.system.processes.parallel import processors
from distrorocks.system.trees.journal import left_journal
from distrorocks.system.trees.transaction import TreeChanged
from distrorocks.system.trees.tree_rights import (
    ForeignTreeError,
    foreign_reason,
    refuse_foreign,
    refuse_unwritable,
)
from distrorocks.trees.layout import Layout, Rock
from distrorocks.world.clashes import declared
from distrorocks.world.rock_store import RockStore, store_directory

if TYPE_CHECKING:
    from distrorocks.system.sandbox.choice import Choice

Consent = Callable[[Planned], bool]
_MOST_PLANS = 5


class Refused(NegativeError):  # noqa: N818 - what happened to the request
    """A plan that cannot be carried out, or not yet."""


class BuildChoice(NamedTuple):
    """How rocks are built: the sandbox, whether builds may use the network, and from which sources.

    ``only_sources_from`` is the beginning of the only addresses of sources to use, without their
    protocol; None means that of LuaRocks' configuration.
    """

    sandbox: Choice = "auto"
    is_network_allowed: bool = False
    only_sources_from: str | None = None


_USUAL = BuildChoice()


class Installation(NamedTuple):
    """The outcome: the plan, and whether it was carried out.

    ``pinned_in`` is the path of the lock file written, "" if none.
    """

    plan: RockPlan
    is_done: bool
    pinned_in: str = ""


def install_rocks(
    request: Request,
    *,
    consent: Consent,
    progress: Progress,
    choice: BuildChoice = _USUAL,
    pins_file: str = "",
) -> Installation:
    """Install the requested rocks if ``consent`` agrees to the plan.

    Everything is fetched, checked and built before the tree changes. If another program changed
    the tree meanwhile, plan again, and ask again. With ``pins_file``, write the versions of the
    dependencies there afterwards. Raise ``Refused`` for a plan that would write to a tree of
    packages, or that requires packages to be installed first.
    """
    for attempt in range(1, _MOST_PLANS + 1):
        try:
            return _install(request, consent, progress, choice, pins_file)
        except TreeChanged as error:
            if attempt == _MOST_PLANS:
                raise
            progress(f"{error.brief}: planning again")
    raise AssertionError


def _install(
    request: Request, consent: Consent, progress: Progress, choice: BuildChoice, pins_file: str
) -> Installation:
    with planned(request) as found:
        layout = found.site.target_tree.layout
        before = frozenset() if foreign_reason(layout) else rocks_of(layout)
        agreed = consent(found)
        _refuse(found.plan, is_choice=len(uses(request)) == 1)
        if not agreed:
            return Installation(found.plan, is_done=False)
        if found.plan.installs:
            refuse_foreign(layout)
            refuse_unwritable(layout)
            with interruptible():
                _carry_out(found, request, before, choice, progress)
        elif left_journal(layout):
            _recover(layout, before, progress)
        if pins_file:
            write_lock_file(pins_file, pins(found.solution))
        return Installation(found.plan, is_done=True, pinned_in=pins_file)


def _recover(layout: Layout, before: frozenset[Rock], progress: Progress) -> None:
    """Complete or undo what a killed run began in a tree where nothing is to be installed.

    Raise ``TreeChanged`` if the tree has other rocks then. A tree that this user cannot lock is
    left as it is.
    """
    try:
        recovery = recover(layout)
    except (LockError, ForeignTreeError) as error:
        progress(f"another run has not finished its work in {layout.root}: {error.brief}")
        return
    if recovery:
        progress(told_recovery(recovery))
    if rocks_of(layout) != before:
        raise TreeChanged(f"{layout.root} has changed since the plan was made", hint="plan again")


def pins(solution: Solution) -> dict[str, Version]:
    """Return the pins for a lock file: the version of every dependency, with its namespace."""
    needed = {edge.required for edge in solution.edges if edge.requirer is not None}
    return {
        f"{each.namespace}/{name}" if each.namespace else name: each.version
        for name, each in solution.chosen.items()
        if name in needed and each.origin is not Origin.PROVIDED
    }


def _carry_out(
    found: Planned,
    request: Request,
    before: frozenset[Rock],
    choice: BuildChoice,
    progress: Progress,
) -> None:
    """Build what the plan installs, and deploy it."""
    site = found.site
    with Jail() as jail, ScratchDirectory() as scratch:
        rocks = rock_inputs(found, jail)
        with BuildSandbox(choice.sandbox, progress, scratch) as sandbox:
            workshop = Workshop(
                sandbox,
                site.installed.lua_version,
                site.installed.config,
                dict(each.split("=", 1) for each in request.operands.variables),
                site.layouts,
                processors(),
                RockStore(store_directory()),
                is_network_allowed=choice.is_network_allowed,
                only_sources_from=choice.only_sources_from,
            )
            built = produce_all(found, rocks, scratch, workshop, progress)
        installs = [
            Install(
                read_built_rock(directory, jail, namespace=rock.step.candidate.namespace or ""),
                rock.step.replaces,
                _announced(rock.rockspec),
            )
            for rock, directory in zip(rocks, built, strict=True)
        ]
        settings = wrapper_settings(site)
        layout = site.target_tree.layout
        deploy(layout, installs, (), settings, before=before, progress=progress).finished()


def _announced(rockspec: Rockspec) -> frozenset[Item]:
    """Return what the plan's warnings were about: the modules and commands declared."""
    own = declared(rockspec)
    modules = {(MODULE, name) for name in own.modules}
    return frozenset(modules | {(COMMAND, name) for name in own.commands})


def _refuse(plan: RockPlan, *, is_choice: bool) -> None:
    """Raise ``Refused`` if a plan has refusals, or requires packages to be installed first.

    With ``is_choice`` the user asked for packages, so another plan may exist without them.
    """
    if plan.refusals:
        rocks = ", ".join(str(step.candidate) for step in plan.refusals)
        reasons = "; ".join(dict.fromkeys(step.reason for step in plan.refusals))
        hints = dict.fromkeys(step.hint for step in plan.refusals)
        raise Refused(f"{reasons}: {rocks} cannot be installed there", hint="; ".join(hints))
    if plan.suggestions:
        rocks = ", ".join(str(step.candidate) for step in plan.suggestions)
        raise Refused(
            f"install packages first: they provide {rocks}",
            detail=f"  {plan.needed_command}",
            hint="run this command, then try again"
            + ("; --distro=suggest prefers other rocks" if is_choice else ""),
        )
