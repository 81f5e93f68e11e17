"""Ways out of a conflict: needs without whose constraints there is an answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from distrorocks.resolve.candidate import Candidate
from distrorocks.resolve.catalogue import Catalogue, NewNamespace
from distrorocks.resolve.core import Kind, kind
from distrorocks.resolve.incompatibility import Asked, Incompatibility
from distrorocks.resolve.index import Need
from distrorocks.resolve.limits import Limits, TooHard
from distrorocks.resolve.rules import RuleBook
from distrorocks.resolve.search import Impossible, Search
from distrorocks.resolve.wording import joined

_MOST_TRIED = 16
_MOST_FOUND = 4
_MOST_NAMED = 4


class Relaxation(NamedTuple):
    """A need without whose constraints there is an answer; ``requirer`` is empty for a root.

    ``text`` tells it with the rocks that would then be chosen.
    """

    requirer: str
    need: Need
    text: str


def relaxations(
    facts: Sequence[Incompatibility], roots: list[Need], catalogue: Catalogue, limit: Limits
) -> list[Relaxation]:
    """Return those single needs of a proof that stand in the way of an answer, roots first.

    A need that is loosened still asks for the rock, in any version; where there is no such rock
    it asks for nothing. No more than some needs are tried, none for long.
    """
    asked = {kind(fact): fact.cause for fact in facts if isinstance(fact.cause, Asked)}
    small = Limits(min(limit.conflicts, 300), min(limit.steps, 300_000), limit.reads)
    names = [need.slot for need in roots]
    found: list[Relaxation] = []
    for each in sorted(asked, key=lambda one: one[0] is not None)[:_MOST_TRIED]:
        chosen = _without(each, roots, catalogue, small)
        if chosen is not None:
            cause = asked[each]
            found.append(
                _told(
                    cause,
                    _interesting(chosen, cause, names),
                    bool(catalogue.version_set(cause.need.slot).versions),
                )
            )
        if len(found) == _MOST_FOUND:
            break
    return found


def _without(
    loosened: Kind, roots: list[Need], catalogue: Catalogue, limit: Limits
) -> dict[str, Candidate] | None:
    """Return what would be chosen without the constraints of one kind of need, None if nothing."""

    def is_loosened(owner: str | None, need: Need) -> bool:
        return (owner, need._replace(where="", is_build=False)) == loosened

    book = RuleBook(catalogue, is_loosened)
    search = Search(book.everything, book.of_version, limit)
    try:
        chosen = search.run(book.start(roots), lambda: None)
    except (Impossible, TooHard, NewNamespace):
        return None
    return {name: catalogue.reading(name, bit).candidate for name, bit in chosen.items()}


def _interesting(
    chosen: dict[str, Candidate], cause: Asked, roots: Iterable[str]
) -> list[Candidate]:
    """Return the rocks to name: the one whose need was loosened, what it needs, the roots."""
    first = [cause.owner] if cause.owner else []
    names = dict.fromkeys([*first, cause.need.slot, *roots])
    return [chosen[name] for name in names if name in chosen][:_MOST_NAMED]


def _told(cause: Asked, rocks: list[Candidate], is_there: bool) -> Relaxation:
    dependency = cause.need.dependency
    requirer = cause.requirer.name if cause.requirer else ""
    of_whom = f" of {requirer}" if requirer else ""
    what = f"without '{dependency}'{of_whom}"
    if is_there and dependency.constraints and rocks:
        what = f"with any {dependency.rock_name} instead of '{dependency}'{of_whom}"
    verb = "works" if len(rocks) == 1 else "work"
    result = f"{joined([str(each) for each in rocks])} {verb}" if rocks else "the rest works"
    return Relaxation(requirer, cause.need, f"{what}, {result}")
