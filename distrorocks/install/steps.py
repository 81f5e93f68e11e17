"""Turn a solution into the ordered steps of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from distrorocks.install.step import (
    Beside,
    InstallRock,
    KeepRock,
    RefuseRock,
    RockStep,
    SuggestPackage,
    requirement,
)
from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.resolve.dependents import Dependent, NeedyRock, Sight, meets, spared
from distrorocks.resolve.solution import Edge, Solution
from distrorocks.values import NamedTuple

REFRESH = "distrorocks refresh"


class Circumstances(NamedTuple):
    """The inputs of a plan beside the solution.

    ``target`` is the root of the tree to install into; ``owner`` is the reason why it must not be
    written to, if any. ``rocks`` are those of all trees; ``sight`` says which trees see which.
    ``known`` has every candidate of each chosen name. ``package_command`` installs packages, such
    as ``apt install``. ``pinned`` are names pinned in luarocks.lock. ``unpublished`` are installed
    packages that need a refresh; with hooks, installing a package includes one. ``reinstalled``
    are names to install even if they are installed. ``hidden`` are installed packages whose rocks
    are in a tree that is not consulted. ``passed_over`` says why the binary rock of a candidate is
    not the one to install.
    """

    target: str
    owner: str | None = None
    rocks: Sequence[NeedyRock] = ()
    sight: Sight | None = None
    known: Mapping[str, Sequence[Candidate]] = MappingProxyType({})
    packages: Mapping[Candidate, str] = MappingProxyType({})
    package_command: str = "apt install"
    unpublished: frozenset[str] = frozenset()
    has_hooks: bool = True
    pinned: frozenset[str] = frozenset()
    keeps_versions: bool = False
    is_forced: bool = False
    only_dependencies: bool = False
    reinstalled: frozenset[str] = frozenset()
    hidden: Mapping[str, Hidden] = MappingProxyType({})
    passed_over: Mapping[Candidate, str] = MappingProxyType({})


class Hidden(NamedTuple):
    """Where a package's rock is, why it does not count there, and what makes it count."""

    reason: str
    hint: str


class RockPlan(NamedTuple):
    """Steps in order: dependencies come first, except for the pairs in ``closing``.

    ``closing`` has a (requirer, required) pair for each cycle; ``edges`` are the dependencies
    between rocks of the plan. For the rocks in ``left_out`` only dependencies are planned.
    ``broken`` are dependents of versions that are replaced although they are needed.
    ``package_command``, ``unpublished`` and ``has_hooks`` are as in ``Circumstances``.
    """

    steps: tuple[RockStep, ...]
    edges: tuple[Edge, ...]
    target: str
    closing: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()
    package_command: str = "apt install"
    unpublished: frozenset[str] = frozenset()
    has_hooks: bool = True
    broken: tuple[Dependent, ...] = ()

    @property
    def installs(self) -> tuple[InstallRock, ...]:
        """The rocks to install, in order."""
        return tuple(step for step in self.steps if isinstance(step, InstallRock))

    @property
    def suggestions(self) -> tuple[SuggestPackage, ...]:
        """The rocks to be installed as packages by the user."""
        return tuple(step for step in self.steps if isinstance(step, SuggestPackage))

    @property
    def needed_command(self) -> str:
        """The command that installs all required packages, "" if there are none."""
        return self._command(step.candidate.place for step in self.suggestions)

    @property
    def other_command(self) -> str:
        """The command that installs alternative packages, "" if there are none.

        For a rock with several alternatives it names the first.
        """
        return self._command(step.packages[0] for step in self.installs if step.packages)

    def _command(self, packages: Iterable[str]) -> str:
        packages = list(dict.fromkeys(packages))
        missing = [each for each in packages if each not in self.unpublished]
        commands = [" ".join([self.package_command, *missing])] if missing else []
        if len(missing) < len(packages) or (missing and not self.has_hooks):
            commands.append(REFRESH)
        return " && ".join(commands)

    @property
    def refusals(self) -> tuple[RefuseRock, ...]:
        """The rocks that cannot be installed."""
        return tuple(step for step in self.steps if isinstance(step, RefuseRock))

    @property
    def kept_elsewhere(self) -> tuple[KeepRock, ...]:
        """The requested rocks that stay in another tree than the target, and are no package's."""
        return tuple(
            step
            for step in self.steps
            if isinstance(step, KeepRock)
            and step.tree not in ("", self.target)
            and not step.package
            and any(not each.requirer for each in step.requirements)
        )

    def step(self, name: str) -> RockStep | None:
        """Return the step of a rock by its lower-case name."""
        return next((step for step in self.steps if step.candidate.name == name), None)


def rock_plan(solution: Solution, given: Circumstances) -> RockPlan:
    """Return the plan that carries out a solution."""
    order = solution.order()
    left_out = _left_out(solution) if given.only_dependencies else ()
    steps = [_step(name, solution, given) for name in order.names if name not in left_out]
    old = _old_versions(steps, given)
    needed = spared(given.rocks, old, _coming(steps, solution, given), given.sight) if old else {}
    kept = {} if given.is_forced else needed
    return RockPlan(
        tuple(_replacing(step, old, kept) for step in steps),
        tuple(solution.edges),
        given.target,
        order.closing,
        left_out,
        given.package_command,
        given.unpublished,
        given.has_hooks,
        tuple(needed.values()) if given.is_forced else (),
    )


def _left_out(solution: Solution) -> tuple[str, ...]:
    """Return the requested rocks that no other rock needs."""
    requested = {edge.required for edge in solution.edges if edge.requirer is None}
    needed = {
        edge.required for edge in solution.edges if edge.requirer not in (None, edge.required)
    }
    return tuple(sorted(requested - needed))


def _step(name: str, solution: Solution, given: Circumstances) -> RockStep:
    """Return the step of one chosen rock, without the versions it replaces."""
    candidate = solution.chosen[name]
    edges = solution.requirers(name)
    requirements = tuple(requirement(edge) for edge in edges)
    if candidate.origin is Origin.PROVIDED:
        return KeepRock(candidate, "", requirements, "provided by Lua or the configuration")
    if candidate.origin is Origin.INSTALLED:
        again = _again(candidate, given)
        if again is None:
            return _kept(candidate, edges, given)
        candidate = again
    if candidate.origin is Origin.DISTRO and candidate.place in given.hidden:
        hidden = given.hidden[candidate.place]
        return RefuseRock(candidate, given.target, requirements, hidden.reason, hidden.hint)
    if candidate.origin is Origin.DISTRO:
        command = f"{given.package_command} {candidate.place}"
        reason = f"the package {candidate.place} provides it"
        if candidate.place in given.unpublished:
            command = REFRESH
            reason = f"the package {candidate.place} is installed, but not refreshed yet"
        return SuggestPackage(candidate, requirements, reason, command)
    fitting = _packages(edges, given.known.get(name, ()))
    packages = tuple(each for each in fitting if each not in given.hidden)
    if given.owner is not None:
        hint = "select another tree with --tree"
        if packages:
            hint = f"{given.package_command} {packages[0]}"
        return RefuseRock(candidate, given.target, requirements, given.owner, hint)
    reason = _reason(candidate, edges, given)
    hidden_by = next((given.hidden[each] for each in fitting if each in given.hidden), None)
    if hidden_by:
        reason += f"; {hidden_by.reason}: {hidden_by.hint}"
    if candidate in given.passed_over:
        reason += f"; {given.passed_over[candidate]}, so it is built from its sources"
    return InstallRock(candidate, given.target, requirements, reason, packages=packages)


def _kept(candidate: Candidate, edges: Sequence[Edge], given: Circumstances) -> KeepRock:
    requirements = tuple(requirement(edge) for edge in edges)
    package = given.packages.get(candidate, "")
    reason = "installed, and satisfies all dependencies"
    if package:
        reason = f"installed by the package {package}, and satisfies all dependencies"
    newer = _newer(candidate, edges, given)
    return KeepRock(candidate, candidate.place, requirements, reason, package, newer)


def _newer(candidate: Candidate, edges: Sequence[Edge], given: Circumstances) -> str:
    """Return the newest version of a requested rock on servers that would do as well, or ""."""
    if candidate.name in given.pinned or all(edge.requirer is not None for edge in edges):
        return ""
    versions = [
        each.version
        for each in given.known.get(candidate.name, ())
        if each.origin is Origin.SERVER and all(meets(each, edge.need.dependency) for edge in edges)
    ]
    newest = max(versions, default=candidate.version)
    return str(newest) if newest > candidate.version else ""


def _again(candidate: Candidate, given: Circumstances) -> Candidate | None:
    """Return the server's candidate for a rock that is to be installed though it is there.

    It is reinstalled, or stays in the other tree that has it.
    """
    if candidate.name not in given.reinstalled:
        return None
    return next(
        (
            each
            for each in given.known.get(candidate.name, ())
            if each.origin is Origin.SERVER and each.version == candidate.version
        ),
        None,
    )


def _packages(edges: Sequence[Edge], known: Sequence[Candidate]) -> tuple[str, ...]:
    """Return the packages that satisfy all dependents of a rock, without duplicates."""
    fitting = [
        each.place
        for each in known
        if each.origin is Origin.DISTRO and all(meets(each, edge.need.dependency) for edge in edges)
    ]
    return tuple(dict.fromkeys(fitting))


def _reason(candidate: Candidate, edges: Sequence[Edge], given: Circumstances) -> str:
    """Return why a rock is to be installed."""
    if candidate.name in given.pinned:
        return f"luarocks.lock pins it to {candidate.version}"
    here = [e for e in given.known.get(candidate.name, ()) if e.origin is Origin.INSTALLED]
    if not here:
        return "not installed in any consulted tree"
    best = max(here, key=lambda each: each.version)
    where = f"{best.version} in {best.place}"
    if best.version == candidate.version and best.place == given.target:
        return f"{where} is reinstalled, as requested"
    if best.version == candidate.version and candidate.name in given.reinstalled:
        return f"{where} stays, it is installed again, as requested"
    for edge in edges:
        if not meets(best, edge.need.dependency):
            return f"{where} does not satisfy {requirement(edge)}"
    newer = best.version < candidate.version
    return f"{'newer than' if newer else 'preferred to'} {where}"


def _old_versions(steps: Sequence[RockStep], given: Circumstances) -> list[Candidate]:
    """Return the other versions in the target of the rocks to install."""
    coming = {
        each.candidate.name: each.candidate for each in steps if isinstance(each, InstallRock)
    }
    if given.keeps_versions:
        return []
    return [
        rock.candidate
        for rock in given.rocks
        if rock.candidate.place == given.target
        and rock.candidate.name in coming
        and rock.candidate.version != coming[rock.candidate.name].version
    ]


def _coming(steps: Sequence[RockStep], solution: Solution, given: Circumstances) -> list[NeedyRock]:
    """Return the rocks to install as they will be in the target."""
    return [
        NeedyRock(
            step.candidate._replace(origin=Origin.INSTALLED, place=given.target),
            tuple(edge.need for edge in solution.edges if edge.requirer == step.candidate.name),
        )
        for step in steps
        if isinstance(step, InstallRock)
    ]


def _replacing(
    step: RockStep, old: Sequence[Candidate], kept: Mapping[Candidate, Dependent]
) -> RockStep:
    """Return a step with the old versions that it removes and keeps."""
    if not isinstance(step, InstallRock):
        return step
    old = [each for each in old if each.name == step.candidate.name]
    return step._replace(
        replaces=tuple(str(each.version) for each in old if each not in kept),
        beside=tuple(
            Beside(str(each.version), str(kept[each].candidate)) for each in old if each in kept
        ),
    )
