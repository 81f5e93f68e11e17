"""Write the steps of a survey as build services take them: the files of ``scaffold --recursive``.

What is packaged already in a version that is too low is told as outgrown, and what the index does
not have as missing. Packages are named as ``scaffold`` would, by the shipped tables alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from distrorocks.errors import DistrorocksError
from distrorocks.families.naming_rules import spelled
from distrorocks.families.package_names import PackageNames
from distrorocks.packaging.formats.known import FORMATS
from distrorocks.packaging.plan.format import Format
from distrorocks.packaging.plan.observe import shipped_names
from distrorocks.packaging.scaffold.build_order import Described, Project, list_texts
from distrorocks.packaging.scaffold.closure import Closure, Missing, NeededRock, Packaged
from distrorocks.packaging.survey.decide import Having, Step, Survey
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version

Needs = Mapping[str, Collection[Dependency]]


def layout_texts(
    survey: Survey, needs: Needs, havings: Mapping[str, Having], distribution: str
) -> dict[str, str]:
    """Return the files of the order by path, none without steps.

    Raise ``DistrorocksError`` if no format is for the distribution.
    """
    form = format_of(distribution)
    if not survey.steps:
        return {}
    closure = closure_of_steps(survey, needs, havings)
    taken = {each.package for each in havings.values() if each.is_sure}
    packages = package_of_each(closure.rocks, shipped_names(form), taken)
    described = {rock: Described(name, f"The rock {rock}") for rock, name in packages.items()}
    title = f"Lua rocks that {distribution} does not have"
    return list_texts(closure, described, Project(f"{form.name}-lua-rocks", title, form.name))


def format_of(distribution: str) -> Format:
    """Return the format of a distribution's packages."""
    for form in FORMATS.values():
        if form.distribution == distribution:
            return form
    known = ", ".join(form.distribution for form in FORMATS.values())
    raise DistrorocksError(
        f"no packages of {distribution} can be laid out", hint=f"there are formats for {known}"
    )


def package_of_each(
    rocks: Iterable[str], names: PackageNames, taken: Collection[str]
) -> dict[str, str]:
    """Return the name of each rock's package: no name twice, and none of what is packaged."""
    used = set(taken)
    found = {}
    for rock in rocks:
        name = names.of(rock).name
        for other in (f"lua-{spelled(rock)}", f"lua-{spelled(rock)}-rock"):
            if name in used:
                name = other
        if name in used:
            raise DistrorocksError(f"there is no other name for the package of the rock {rock}")
        used.add(name)
        found[rock] = name
    return found


def closure_of_steps(survey: Survey, needs: Needs, havings: Mapping[str, Having]) -> Closure:
    """Return the steps of a survey as the closure that build services are written for.

    Rocks that need each other stand together, in the place of the first.
    """
    steps = {step.rock: step for step in survey.steps}
    groups: dict[str, tuple[str, ...]] = {name: (name,) for name in steps}
    for cycle in survey.cycles:
        groups.update(dict.fromkeys(cycle, cycle))
    ordered = tuple(dict.fromkeys(groups[name] for name in steps))
    rounds = sorted({step.round for step in survey.steps})
    names = [name for group in ordered for name in group]
    return Closure(
        {name: _needed(steps[name], needs) for name in names},
        ordered,
        tuple(tuple(it for it in names if steps[it].round == at) for at in rounds),
        {name: steps[name].after for name in names},
        (),
        _missing(survey.steps, needs),
        _outgrown(survey.steps, needs, havings),
    )


def _needed(step: Step, needs: Needs) -> NeededRock:
    return NeededRock(step.rock, step.version, tuple(needs.get(step.rock, ())), "")


def _missing(steps: Iterable[Step], needs: Needs) -> tuple[Missing, ...]:
    """Return what steps need and the index does not have."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for step in steps:
        for need in needs.get(step.rock, ()):
            if need.rock_name in step.absent:
                texts, by = found.setdefault(need.rock_name, (set(), set()))
                texts.add(str(need))
                by.add(step.rock)
    return tuple(
        Missing(rock, tuple(sorted(texts)), tuple(sorted(by)))
        for rock, (texts, by) in sorted(found.items())
    )


def _outgrown(
    steps: Iterable[Step], needs: Needs, havings: Mapping[str, Having]
) -> tuple[Packaged, ...]:
    """Return the packaged rocks whose version is too low for steps, with what they lack."""
    found: dict[str, dict[Dependency, None]] = {}
    for step in steps:
        for need in needs.get(step.rock, ()):
            if need.rock_name in step.updates:
                having = havings[need.rock_name]
                if not need.satisfied_by(Version.parse(having.version)):
                    found.setdefault(need.rock_name, {})[need] = None
    return tuple(
        Packaged(rock, havings[rock].package, havings[rock].version, tuple(lacks))
        for rock, lacks in sorted(found.items())
    )
