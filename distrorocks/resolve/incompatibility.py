"""Incompatibilities as in PubGrub: sets of states that cannot all hold, with their cause."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.candidate import Candidate, Need
from distrorocks.resolve.catalogue import Catalogue, spaced
from distrorocks.values import NamedTuple, distinct


@distinct
class Asked(NamedTuple):
    """The cause of a rule: a need.

    ``owner`` is the slot of ``requirer``; both are None for a root need. ``admitted`` are the
    versions that satisfy the need.
    """

    owner: str | None
    requirer: Candidate | None
    need: Need
    admitted: int


@distinct
class Unread(NamedTuple):
    """The cause of a rule: a version that cannot be used."""

    owner: str
    candidate: Candidate
    error: DistrorocksError


@distinct
class Guard(NamedTuple):
    """The cause of a rule: a rock of a namespace may be chosen only if a need names it."""

    name: str
    namespace: str


class Incompatibility:
    """Terms that cannot all hold: for each slot a proper subset of its states.

    ``cause`` is a fact, or the two rules from which it is derived.
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
        """The two rules from which this one is derived; none for a fact."""
        return () if isinstance(self.cause, Asked | Unread | Guard) else self.cause


def resolvent(
    one: Incompatibility, other: Incompatibility, name: str, everything: int
) -> Incompatibility:
    """Return the resolvent of two rules on ``name``."""
    terms = {each: mask for each, mask in one.terms.items() if each != name}
    for each, mask in other.terms.items():
        if each != name:
            terms[each] = terms[each] & mask if each in terms else mask
    either = one.terms[name] | other.terms[name]
    if either != everything:
        terms[name] = either
    return Incompatibility(terms, (one, other))


Loosened = Callable[[str | None, Need], bool]


class RuleBook:
    """The rules that follow from needs and from unusable versions.

    A need for which ``is_loosened`` holds accepts any version, and no rock if there is none.
    """

    def __init__(self, catalogue: Catalogue, is_loosened: Loosened | None = None) -> None:
        self._catalogue = catalogue
        self._is_loosened = is_loosened

    def everything(self, name: str) -> int:
        """Return all states of a rock."""
        return self._catalogue.version_set(name).everything

    def start(self, roots: list[Need]) -> list[Incompatibility]:
        """Return the rules for the root needs."""
        rules = [self._rule(None, {}, None, need) for need in roots]
        rules += [self._guard(name, space, roots) for name, space in self._catalogue.guarded]
        return [rule for rule in rules if rule]

    def _guard(self, name: str, namespace: str, roots: list[Need]) -> Incompatibility | None:
        """Return the rule that a version found only by namespace is chosen only by such a need."""
        if any(spaced(root) == (name, namespace) for root in roots if not root.is_apart):
            return None
        askers = self._catalogue.askers(name, namespace)
        hidden = self._catalogue.version_set(name).hidden(namespace) & ~askers.pop(name, 0)
        terms = {name: hidden} if hidden else {}
        for asker, versions in askers.items():
            terms[asker] = self.everything(asker) & ~versions
        return Incompatibility(terms, Guard(name, namespace)) if hidden else None

    def of_version(self, name: str, bit: int) -> Iterator[Incompatibility]:
        """Yield the rules of a version: one per need, or one that it is unusable."""
        reading = self._catalogue.reading(name, bit)
        if reading.error:
            yield Incompatibility({name: bit}, Unread(name, reading.candidate, reading.error))
            return
        for need in reading.needs:
            rule = self._rule(name, {name: bit}, reading.candidate, need)
            if rule:
                yield rule

    def _rule(
        self, owner: str | None, terms: dict[str, int], requirer: Candidate | None, need: Need
    ) -> Incompatibility | None:
        """Return the rule for a need, or None if it is always satisfied."""
        wanted = need.slot
        admitted = self._catalogue.admitted(need)
        versions = self._catalogue.version_set(wanted)
        if self._is_loosened and self._is_loosened(owner, need):
            if not versions.versions:
                return None
            admitted = versions.versions
        refused = versions.everything & ~admitted
        if wanted in terms:
            refused &= terms[wanted]
            if not refused:
                return None
        if refused != versions.everything:
            terms = {**terms, wanted: refused}
        return Incompatibility(terms, Asked(owner, requirer, need, admitted))
