"""Install rocks: plan, build every rock apart in the sandbox, then deploy all or none."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from distrorocks.errors import NegativeError
from distrorocks.install.building import USUAL, BuildChoice, built_rocks
from distrorocks.install.deploy.built_rock import read_built_rock
from distrorocks.install.deploy.deploy import deploy, recover, rocks_of
from distrorocks.install.deploy.observe import Install
from distrorocks.install.deploy.placement import COMMAND, MODULE, Item
from distrorocks.install.plan import Planned, planned
from distrorocks.install.plan_request import Request, uses
from distrorocks.install.produce import Progress
from distrorocks.install.site_wrappers import wrapper_settings
from distrorocks.install.steps import RockPlan
from distrorocks.progress import Work
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.system.files.lock import LockError, is_locked
from distrorocks.system.lua.jail import Jail
from distrorocks.system.processes.interruption import interruptible
from distrorocks.system.trees.journal import left_journal
from distrorocks.system.trees.recovery import told_recovery
from distrorocks.system.trees.transaction import TreeChanged
from distrorocks.system.trees.tree_rights import (
    ForeignTreeError,
    foreign_reason,
    refuse_foreign,
    refuse_unwritable,
    refuse_unwritable_directory,
)
from distrorocks.trees.layout import Layout, Rock
from distrorocks.values import NamedTuple
from distrorocks.world.clashes import declared

Consent = Callable[[Planned], bool]
_MOST_PLANS = 5


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
    request: Request,
    *,
    consent: Consent,
    progress: Progress,
    choice: BuildChoice = USUAL,
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
        refuse_plan(found)
        if not agreed:
            return Installation(found.plan, is_done=False)
        if pins_file:
            refuse_unwritable_directory(posixpath.dirname(pins_file))
        if found.plan.installs:
            refuse_foreign(layout)
            refuse_unwritable(layout)
            with interruptible():
                _carry_out(found, before, choice, progress)
        elif left_journal(layout) or is_locked(layout):
            _recover(layout, before, progress)
        if pins_file:
            from distrorocks.luarocks.pins_file import pins_of, write_lock_file

            write_lock_file(pins_file, pins_of(found.solution))
        return Installation(found.plan, is_done=True, pinned_in=pins_file)


def _recover(layout: Layout, before: frozenset[Rock], progress: Progress) -> None:
    """Complete or undo what a killed run began in a tree where nothing is to be installed.

    A lock without a journal is taken away if its run is dead, and not waited for if not. Raise
    ``TreeChanged`` if the tree has other rocks then. A tree that this user cannot lock is left as
    it is.
    """
    has_journal = bool(left_journal(layout))
    try:
        recovery = recover(layout, lock_seconds=None if has_journal else 0)
    except (LockError, ForeignTreeError) as error:
        if has_journal:
            progress(f"another run has not finished its work in {layout.root}: {error.brief}")
        return
    if recovery:
        progress(told_recovery(recovery))
    if rocks_of(layout) != before:
        raise TreeChanged(f"{layout.root} has changed since the plan was made", hint="plan again")


def _carry_out(
    found: Planned, before: frozenset[Rock], choice: BuildChoice, progress: Progress
) -> None:
    """Build what the plan installs, and deploy it."""
    site = found.site
    with Jail() as jail, built_rocks(found, jail, choice, progress) as built:
        installs = [
            Install(
                read_built_rock(directory, jail, namespace=rock.step.candidate.namespace or ""),
                rock.step.replaces,
                _announced(rock.rockspec),
            )
            for rock, directory in built
        ]
        settings = wrapper_settings(site)
        layout = site.target_tree.layout
        writes = choice.writes_manifest and not site.installed.config.get("no_manifest")
        with Work(f"installing in {layout.root}"):
            done = deploy(
                layout,
                installs,
                (),
                settings,
                before=before,
                progress=progress,
                writes_manifest=writes,
            )
        done.finished()


def _announced(rockspec: Rockspec) -> frozenset[Item]:
    """Return what the plan's warnings were about: the modules and commands declared."""
    own = declared(rockspec)
    modules = {(MODULE, name) for name in own.modules}
    return frozenset(modules | {(COMMAND, name) for name in own.commands})


def refuse_plan(found: Planned) -> None:
    """Raise ``Refused`` if a plan has refusals, or requires packages to be installed first."""
    plan = found.plan
    is_choice = len(uses(found.request)) == 1  # another plan may exist without packages
    if plan.refusals:
        rocks = ", ".join(str(step.candidate) for step in plan.refusals)
        reasons = list(dict.fromkeys(step.reason for step in plan.refusals))
        hint = "; ".join(dict.fromkeys(step.hint for step in plan.refusals))
        if len(reasons) == 1:
            raise Refused(f"{reasons[0]}: {rocks} cannot be installed there", hint=hint)
        raise Refused(
            f"{len(plan.refusals)} rocks cannot be installed in {plan.target}",
            detail="\n".join(f"  {each}" for each in reasons),
            hint=hint,
        )
    if plan.suggestions:
        rocks = ", ".join(str(step.candidate) for step in plan.suggestions)
        raise Refused(
            f"install packages first: they provide {rocks}",
            detail=f"  {plan.needed_command}",
            hint="run this command, then try again"
            + ("; --distro=suggest prefers other rocks" if is_choice else ""),
        )
