"""Unsatisfiable cores: the minimal proof of a conflict, and the relaxations that resolve it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from distrorocks.resolve.candidate import Need, Origin
from distrorocks.resolve.catalogue import Catalogue
from distrorocks.resolve.fact import joined, written
from distrorocks.resolve.incompatibility import Asked, Guard, Incompatibility, Unread
from distrorocks.resolve.preference import Limits, TooHard
from distrorocks.resolve.search import Everything, Impossible, Search, attempt
from distrorocks.resolve.solution import Solution
from distrorocks.rocks.quotation import plain
from distrorocks.rocks.version import Version
from distrorocks.values import NamedTuple

Kind = tuple[str | None, Need | None]

_MOST_KINDS = 80
_MOST_CONFLICTS = 500
_MOST_STEPS = 1_000_000


def leaves(rule: Incompatibility) -> list[Incompatibility]:
    """Return the facts from which a rule is derived, each once, in a stable order."""
    seen: dict[Incompatibility, None] = {}
    facts: dict[Incompatibility, None] = {}
    waiting = [rule]
    while waiting:
        each = waiting.pop()
        if each in seen:
            continue
        seen[each] = None
        causes = each.causes
        if not causes:
            facts[each] = None
        waiting += causes[::-1]
    return list(facts)


def kind(fact: Incompatibility) -> Kind:
    """Return the key that facts about several versions of a rock share: requirer and need.

    The need has no place. It is None for unusable versions; both are None for guards of namespaces.
    """
    match fact.cause:
        case Asked(owner=owner, need=need):
            return owner, need._replace(where="", is_build=False)
        case Unread(owner=owner):
            return owner, None
        case Guard():
            return None, None
    raise TypeError("a derived rule is not a fact")


def minimal(rule: Incompatibility, everything: Everything) -> Incompatibility:
    """Return a rule without terms that is derived from as few kinds of facts as possible.

    Drop each kind in turn, and leave it out if the rest still proves the conflict.
    """
    facts = leaves(rule)
    kinds = list(dict.fromkeys(kind(fact) for fact in facts))
    if len(kinds) > _MOST_KINDS:
        return rule
    steps = _MOST_STEPS
    for left_out in kinds[::-1]:
        fewer = [fact for fact in facts if kind(fact) != left_out]
        if len(fewer) == len(facts):
            continue
        found, spent = _impossible(fewer, everything, steps)
        steps -= spent
        if found:
            rule, facts = found, leaves(found)
    return rule


def _impossible(
    facts: list[Incompatibility], everything: Everything, steps: int
) -> tuple[Incompatibility | None, int]:
    """Return a proof that facts are unsatisfiable, or None, and the steps used."""
    of_version: dict[tuple[str, int], list[Incompatibility]] = {}
    start = []
    for fact in facts:
        owner = kind(fact)[0]
        if owner is None:
            start.append(fact)
        else:
            of_version.setdefault((owner, fact.terms[owner]), []).append(fact)
    limit = Limits(_MOST_CONFLICTS, steps)
    search = Search(everything, lambda name, bit: of_version.get((name, bit), ()), limit)
    try:
        search.run(start, lambda: None)
    except Impossible as impossible:
        return impossible.rule, search.steps
    except TooHard:
        return None, search.steps
    return None, search.steps


_NEVER = Version.parse("0")
_MOST_TRIED = 16
_MOST_FOUND = 4
_MOST_NAMED = 4
_MOST_RELAXING_CONFLICTS = 300
_MOST_RELAXING_STEPS = 300_000


class Relaxation(NamedTuple):
    """A need or a pin without which there is a solution.

    ``requirer`` is the name of the requiring rock, empty for a root need; ``need`` is None for a
    pin, and ``pin`` is then the rock's name. ``text`` describes it with the rocks that would be
    chosen.
    """

    requirer: str
    need: Need | None
    pin: str
    text: str


def relaxations(
    facts: Sequence[Incompatibility], roots: list[Need], catalogue: Catalogue, limit: Limits
) -> list[Relaxation]:
    """Return the single pins and needs of a proof without which there is a solution.

    Pins come first, then roots. A relaxed need still requires the rock, in any version, or nothing
    if there is no such rock. Their number and the effort for each are bounded.
    """
    causes = [fact.cause for fact in facts if isinstance(fact.cause, Asked)]
    small = limit._replace(
        conflicts=min(limit.conflicts, _MOST_RELAXING_CONFLICTS),
        steps=min(limit.steps, _MOST_RELAXING_STEPS),
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
    """Return root needs first, then those of each rock, its newest version first."""
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
        return None  # requesting nothing is not a relaxation
    named = _named(solution, [*owner, *(need.slot for need in roots), cause.need.slot])
    return Relaxation(requirer, cause.need, "", f"{how} {text}, {named}")


def _named(solution: Solution, slots: Iterable[str]) -> str:
    """Describe the rocks of a solution that can be chosen, without provided ones."""
    chosen = [solution.chosen[slot] for slot in dict.fromkeys(slots) if slot in solution.chosen]
    rocks = [plain(each) for each in chosen if each.origin is not Origin.PROVIDED]
    rocks = list(dict.fromkeys(rocks))[:_MOST_NAMED]
    return f"{joined(rocks) or 'all else'} can be chosen"
