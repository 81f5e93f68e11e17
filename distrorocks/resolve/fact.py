"""The text of proofs: facts, conclusions, and sets of versions.

A set of versions is shown as the constraint that was written, else as a list of versions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.resolve.incompatibility import Asked, Guard, Incompatibility, Unread
from distrorocks.resolve.version_set import ABSENT, VersionSet
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.quotation import plain, retold
from distrorocks.rocks.version import Version

_PLACES_NAMED = 2
_VERSIONS_NAMED = 4
_REASONS_SHOWN = 2


class FactWording:
    """Describes facts of one kind, which differ only in the requirer's version, in one sentence."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions

    def text(self, facts: Sequence[Incompatibility]) -> str:
        """Return the sentence for facts of one kind."""
        first = facts[0].cause
        if isinstance(first, Unread):
            return self._unread([f.cause for f in facts if isinstance(f.cause, Unread)])
        if isinstance(first, Guard):
            guards = [fact.cause for fact in facts if isinstance(fact.cause, Guard)]
            names = joined([f"{plain(g.namespace)}/{g.name}" for g in guards], "or")
            return f"{names} is chosen only if it is requested with its namespace"
        causes = [fact.cause for fact in facts if isinstance(fact.cause, Asked)]
        return self._asked(causes)

    def _unread(self, causes: Sequence[Unread]) -> str:
        shown: dict[str, list[Candidate]] = {}
        for cause in sorted(causes, key=lambda each: each.candidate.version, reverse=True):
            shown.setdefault(retold(cause.error.brief), []).append(cause.candidate)
        texts = [
            f"{self._rocks(causes[0].owner, candidates)} cannot be used: {why}"
            for why, candidates in list(shown.items())[:_REASONS_SHOWN]
        ]
        if len(shown) > _REASONS_SHOWN:
            more = len(shown) - _REASONS_SHOWN
            texts.append(f"nor can others, for {more} more reason{'s' if more > 1 else ''}")
        return "; ".join(texts)

    def _asked(self, causes: Sequence[Asked]) -> str:
        what = written(causes[0].need.dependency)
        causes = sorted(causes, key=_age)
        requirers = [cause.requirer for cause in causes if cause.requirer]
        owner = causes[0].owner
        if owner is None:
            text = f"{what} is requested"
        else:
            verb = "needs" if len(requirers) == 1 or self._is_each(owner, requirers) else "need"
            text = f"{self._rocks(owner, requirers)} {verb} {what}"
        if any(cause.need.is_build for cause in causes):
            text += " to be built"
        if causes[0].need.is_apart:
            text += ", apart from others"
        return text + _places(causes) + self._remark(causes[0])

    def _rocks(self, slot: str, candidates: Sequence[Candidate]) -> str:
        ordered = sorted(candidates, key=lambda each: each.version)
        if len(ordered) == 1:
            return f"{plain(ordered[0])}{_place(ordered[0])}"
        versions = _short([plain(each.version) for each in ordered])
        if self._is_each(slot, candidates):
            return f"every {ordered[0].name} ({versions})"
        return f"{ordered[0].name} {versions}"

    def _is_each(self, slot: str, candidates: Sequence[Candidate]) -> bool:
        count = self._versions(slot).versions.bit_count()
        return len(candidates) == count > 1

    def _remark(self, cause: Asked) -> str:
        """Return the available versions of a required rock, if they explain the conflict."""
        name = cause.need.dependency.rock_name
        versions = self._versions(cause.need.slot)
        admitted, count = cause.admitted, versions.versions.bit_count()
        if not count:
            return f", but {_why_none(name, versions)}"
        if not admitted:
            return f", but {_what_there_is(cause.need.dependency, versions)}"
        if versions.pin:
            return f", and luarocks.lock pins {name} to {plain(versions.pin.version)}"
        if admitted.bit_count() == 1 and cause.need.dependency.constraints:
            (only,) = versions.in_order(admitted)
            return f": that is {plain(only.version)}{_place(only)}"
        return ""


def _age(cause: Asked) -> tuple[Version, ...]:
    return (cause.requirer.version,) if cause.requirer else ()


def _what_there_is(dependency: Dependency, versions: VersionSet) -> str:
    """Explain why no available version satisfies a need."""
    name, namespace = dependency.rock_name, dependency.namespace
    candidates = versions.in_order(versions.versions)
    texts = [f"{plain(each.version)}{_place(each)}" for each in candidates]
    if versions.is_provided:
        version = plain(candidates[0].version)
        if name == "lua":
            return f"Lua is {version.partition('-')[0]}"
        return f"the {name} that Lua or the configuration provides is {version}"
    if namespace is not None and all(each.namespace != namespace for each in candidates):
        return f"{plain(namespace)} has no {name} (there is {_short(_spaced(candidates))})"
    if versions.pin:
        return f"luarocks.lock pins {name} to {texts[0]}"
    if len(texts) == 1:
        text = f"the only {name} is {texts[0]}"
    else:
        text = f"there is only {name} {_short(texts)}"
    spellings = (_other_spelling(each.version, dependency) for each in candidates)
    return text + next((each for each in spellings if each), "")


def _other_spelling(version: Version, dependency: Dependency) -> str:
    """Explain a version that fails only by its number of components: 1.0.0 is not 1.0."""
    for each in dependency.constraints:
        more = len(version.parts) - len(each.version.parts)
        unlike = version.precedes(each.version) or each.version.precedes(version)
        if each.operator == "==" and more and not unlike:
            count = "more" if more > 0 else "fewer"
            return (
                f", and LuaRocks does not count {plain(version)} as == {plain(each.version)} "
                f"({count} numbers)"
            )
    return ""


def _spaced(candidates: Sequence[Candidate]) -> list[str]:
    """Return candidates as text, with namespaces and places."""
    return [f"{plain(each)}{_place(each)}" for each in candidates]


def _why_none(name: str, versions: VersionSet) -> str:
    if versions.error:
        return retold(versions.error.brief)
    if versions.pin:
        return f"luarocks.lock pins {name} to {plain(versions.pin.version)}, which is not available"
    return f"no rock named {name} is available"


def _place(candidate: Candidate) -> str:
    match candidate.origin:
        case Origin.INSTALLED:
            return f" (installed in {plain(candidate.place)})"
        case Origin.DISTRO:
            return f" (package {plain(candidate.place)})"
        case Origin.PROVIDED | Origin.SERVER:
            return ""


def _places(causes: Sequence[Asked]) -> str:
    """Return where needs are written, in parentheses."""
    places = list(dict.fromkeys(plain(c.need.where) for c in causes if c.need.where))
    if not places:
        return ""
    more = len(places) - _PLACES_NAMED
    named = places[:_PLACES_NAMED] + ([f"{more} more"] if more > 0 else [])
    return f" ({', '.join(named)})"


def _short(texts: Sequence[str]) -> str:
    if len(texts) > _VERSIONS_NAMED:
        return f"{texts[0]} ... {texts[-1]}, {len(texts)} versions"
    return joined(texts)


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
    """Join items as in a sentence: ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


class Wording:
    """Describes the rules of one proof; ``facts`` provide the constraints as written."""

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
        """Describe a derived rule."""
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
            return f"{wanted} must be chosen" if wanted else "no choice is left"
        if needed:
            subject = joined([text for _, _, text in taken])
            return f"{subject} {'needs' if len(taken) == 1 else 'need'} {wanted}"
        if len(taken) == 1:
            name, term, text = taken[0]
            if term == self._versions(name).versions:
                return f"no version of {name} can be chosen"
            return f"{text} cannot be chosen"
        return f"{joined([text for _, _, text in taken])} cannot be chosen together"
