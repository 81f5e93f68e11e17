"""Ways out of a conflict: needs without whose constraints there is an answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from distrorocks.resolve.attempt import attempt
from distrorocks.resolve.candidate import Origin
from distrorocks.resolve.catalogue import Catalogue
from distrorocks.resolve.core import Kind, kind
from distrorocks.resolve.incompatibility import Asked, Incompatibility
from distrorocks.resolve.index import Need
from distrorocks.resolve.limits import Limits, TooHard
from distrorocks.resolve.search import Impossible
from distrorocks.resolve.solution import Solution
from distrorocks.resolve.wording import joined, written
from distrorocks.rocks.quotation import plain
from distrorocks.rocks.version import Version

_NEVER = Version.parse("0")
_MOST_TRIED = 16
_MOST_FOUND = 4
_MOST_NAMED = 4
_MOST_CONFLICTS = 300
_MOST_STEPS = 300_000


class Relaxation(NamedTuple):
    """A need without whose constraints there is an answer, or a pin without which there is one.

    ``requirer`` is the name of the rock that needs, empty for a need of the start; ``need`` is
    None for a pin, whose rock's name is ``pin`` then. ``text`` tells it with the rocks that would
    be chosen.
    """

    requirer: str
    need: Need | None
    pin: str
    text: str


def relaxations(
    facts: Sequence[Incompatibility], roots: list[Need], catalogue: Catalogue, limit: Limits
) -> list[Relaxation]:
    """Return those single pins and needs of a proof without which there is an answer.

    Pins come first, then roots. A need that is loosened still asks for the rock, in any version;
    where there is no such rock it asks for nothing. No more than some are tried, none for long.
    """
    causes = [fact.cause for fact in facts if isinstance(fact.cause, Asked)]
    small = limit._replace(
        conflicts=min(limit.conflicts, _MOST_CONFLICTS), steps=min(limit.steps, _MOST_STEPS)
    )
    pinned = dict.fromkeys(
        each.need.dependency.rock_name
        for each in causes
        if catalogue.version_set(each.need.slot).pin
    )
    found = [_without_pin(name, roots, catalogue, small) for name in pinned]
    asked = {kind(Incompatibility({}, each)): each for each in causes}
    for each in _in_order(asked)[:_MOST_TRIED]:
        if len(found) < _MOST_FOUND:
            found.append(_loosened(each, asked[each], roots, catalogue, small))
    return [each for each in found if each][:_MOST_FOUND]


def _in_order(asked: dict[Kind, Asked]) -> list[Kind]:
    """Return the needs of the start first, then those of each rock, its newest version first."""
    owners = list(dict.fromkeys(each.owner for each in asked.values()))

    def age(each: Kind) -> Version:
        requirer = asked[each].requirer
        return requirer.version if requirer else _NEVER

    newest_first = sorted(asked, key=age, reverse=True)
    return sorted(newest_first, key=lambda each: (each[0] is not None, owners.index(each[0])))


def _without_pin(
    name: str, roots: list[Need], catalogue: Catalogue, limit: Limits
) -> Relaxation | None:
    try:
        solution = attempt(roots, catalogue.without_pin(name), limit)
    except (Impossible, TooHard):
        return None
    named = _named(solution, [*(need.slot for need in roots), name])
    return Relaxation("", None, name, f"without {name} in luarocks.lock, {named}")


def _loosened(
    loosened: Kind, cause: Asked, roots: list[Need], catalogue: Catalogue, limit: Limits
) -> Relaxation | None:
    def is_loosened(owner: str | None, need: Need) -> bool:
        return (owner, need._replace(where="", is_build=False)) == loosened

    try:
        solution = attempt(roots, catalogue, limit, is_loosened)
    except (Impossible, TooHard):
        return None
    dependency = cause.need.dependency
    requirer = cause.requirer.name if cause.requirer else ""
    text = f"'{written(dependency)}'" + (f" of {requirer}" if requirer else "")
    versions = catalogue.version_set(cause.need.slot)
    if versions.versions and not versions.is_provided:
        text = f"any {dependency.rock_name} instead of {text}"
        how = "with"
    else:
        how = "without"
    owner = [cause.owner] if cause.owner else []
    if not any(each.origin is not Origin.PROVIDED for each in solution.chosen.values()):
        return None  # to ask for nothing is no way out
    named = _named(solution, [*owner, *(need.slot for need in roots), cause.need.slot])
    return Relaxation(requirer, cause.need, "", f"{how} {text}, {named}")


def _named(solution: Solution, slots: Iterable[str]) -> str:
    """Return that some rocks of a solution can be had, without what is provided."""
    chosen = [solution.chosen[slot] for slot in dict.fromkeys(slots) if slot in solution.chosen]
    rocks = [plain(each) for each in chosen if each.origin is not Origin.PROVIDED]
    rocks = list(dict.fromkeys(rocks))[:_MOST_NAMED]
    return f"{joined(rocks) or 'all else'} can be had"
