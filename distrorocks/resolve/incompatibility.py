"""A rule of PubGrub: states of rocks that cannot all hold, and why."""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.candidate import Candidate
from distrorocks.resolve.index import Need
from distrorocks.values import distinct


@distinct
class Asked(NamedTuple):
    """The cause of a rule that a need makes.

    ``owner`` is the slot of ``requirer``; both are None for a need of the start. ``admitted``
    are the versions that fulfil the need.
    """

    owner: str | None
    requirer: Candidate | None
    need: Need
    admitted: int


@distinct
class Unread(NamedTuple):
    """The cause of a rule against a version that cannot be used."""

    owner: str
    candidate: Candidate
    error: DistrorocksError


@distinct
class Guard(NamedTuple):
    """The cause of a rule that a rock of a namespace is taken only where it is asked for so."""

    name: str
    namespace: str


class Incompatibility:
    """Terms that cannot all hold: for each slot a set of states, never all of its states.

    ``cause`` tells where the rule comes from: a fact, or the two rules that it follows from.
    """

    __slots__ = ("cause", "terms")

    def __init__(
        self,
        terms: dict[str, int],
        cause: Asked | Unread | Guard | tuple[Incompatibility, Incompatibility],
    ) -> None:
        self.terms = terms
        self.cause = cause

    @property
    def causes(self) -> tuple[Incompatibility, ...]:
        """The two rules that this one follows from; none for a fact."""
        return () if isinstance(self.cause, Asked | Unread | Guard) else self.cause


def resolvent(
    one: Incompatibility, other: Incompatibility, name: str, everything: int
) -> Incompatibility:
    """Return what follows from two rules by the cases of ``name``: the rule on all else."""
    terms = {each: mask for each, mask in one.terms.items() if each != name}
    for each, mask in other.terms.items():
        if each != name:
            terms[each] = terms[each] & mask if each in terms else mask
    either = one.terms[name] | other.terms[name]
    if either != everything:
        terms[name] = either
    return Incompatibility(terms, (one, other))
