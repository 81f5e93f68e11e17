"""Sets of versions and rules in words: constraints as written, else the versions by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from distrorocks.resolve.incompatibility import Asked, Incompatibility
from distrorocks.resolve.version_set import ABSENT, VersionSet
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.quotation import plain

_MOST_NAMED = 4

Versions = Callable[[str], VersionSet]


def written(dependency: Dependency) -> str:
    """Return a dependency as rockspecs spell it: unlike LuaRocks, with each ``==`` and ``@``."""
    space = f"{dependency.namespace}/" if dependency.namespace else ""
    return plain(f"{space}{dependency.name} {asked_of(dependency)}".rstrip())


def asked_of(dependency: Dependency) -> str:
    """Return the constraints of a dependency: ``>= 1.0, < 2``."""
    return ", ".join(
        f"{'@' if each.no_upgrade else ''}{each.operator} {each.version.string}"
        for each in dependency.constraints
    )


def joined(words: Sequence[str], last: str = "and") -> str:
    """Return words as a list in a sentence: ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


class Wording:
    """How to tell the rules of one proof, whose ``facts`` show how constraints were written."""

    def __init__(self, versions: Versions, facts: Iterable[Incompatibility]) -> None:
        self._versions = versions
        self._written: dict[tuple[str, int], Dependency] = {}
        for fact in facts:
            if isinstance(fact.cause, Asked) and fact.cause.need.dependency.constraints:
                need = fact.cause.need
                self._written.setdefault((need.slot, fact.cause.admitted), need.dependency)

    def versions_of(self, name: str, mask: int) -> str:
        """Return the names of some versions, without the rock's: ``1.0-1 or 2.0-1``."""
        texts = [str(each.version) for each in self._versions(name).in_order(mask)]
        if len(texts) > _MOST_NAMED:
            return f"{texts[0]} ... {texts[-1]} ({len(texts)} versions)"
        return joined([plain(text) for text in texts], "or")

    def rock(self, name: str, mask: int) -> str:
        """Return a rock in one of some versions: ``foo``, ``foo >= 2`` or ``foo 1.0-1``."""
        versions = self._versions(name)
        if mask == versions.versions:
            return name
        known = self._written.get((name, mask))
        if mask.bit_count() > 1 and known is not None:
            return written(known)
        return f"{name} {self.versions_of(name, mask)}"

    def conclusion(self, rule: Incompatibility) -> str:
        """Return what a rule that follows from others says."""
        taken = []
        needed = []
        for name in sorted(rule.terms):
            term = rule.terms[name]
            if term & ABSENT:
                rest = self._versions(name).versions & ~term
                needed.append((name, self.rock(name, rest)))
            else:
                taken.append((name, term, self.rock(name, term)))
        wanted = joined([text for _, text in needed], "or")
        if not taken:
            return f"{wanted} must be chosen" if wanted else "there is no choice left"
        if needed:
            subject = joined([text for _, _, text in taken])
            return f"{subject} {'needs' if len(taken) == 1 else 'need'} {wanted}"
        if len(taken) == 1:
            name, term, text = taken[0]
            if term == self._versions(name).versions:
                return f"no version of {name} can be chosen"
            return f"{text} cannot be chosen"
        return f"{joined([text for _, _, text in taken])} cannot go together"
