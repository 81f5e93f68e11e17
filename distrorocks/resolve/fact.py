"""The facts of a proof in words: who asks for what and where, which rocks cannot be used."""

from __future__ import annotations

from collections.abc import Sequence

from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.resolve.incompatibility import Asked, Guard, Incompatibility, Unread
from distrorocks.resolve.version_set import VersionSet
from distrorocks.resolve.wording import Versions, Wording, joined
from distrorocks.rocks.quotation import plain

_PLACES_NAMED = 2


class FactTeller:
    """Tells facts of one kind, those that differ in the requirer's version only, as one."""

    def __init__(self, versions: Versions, wording: Wording) -> None:
        self._versions = versions
        self._wording = wording

    def text(self, facts: Sequence[Incompatibility]) -> str:
        """Return the sentence for facts of one kind."""
        first = facts[0].cause
        if isinstance(first, Unread):
            return self._unread([f.cause for f in facts if isinstance(f.cause, Unread)])
        if isinstance(first, Guard):
            guards = [fact.cause for fact in facts if isinstance(fact.cause, Guard)]
            names = joined([f"{plain(g.namespace)}/{g.name}" for g in guards], "or")
            return f"{names} is taken only where it is asked for with its namespace"
        causes = [fact.cause for fact in facts if isinstance(fact.cause, Asked)]
        return self._asked(causes)

    def _unread(self, causes: Sequence[Unread]) -> str:
        told: dict[str, list[Candidate]] = {}
        for cause in causes:
            told.setdefault(plain(cause.error.brief), []).append(cause.candidate)
        return "; ".join(
            f"{self._rocks(candidates)} cannot be used: {why}"
            for why, candidates in sorted(told.items())
        )

    def _asked(self, causes: Sequence[Asked]) -> str:
        dependency = causes[0].need.dependency
        requirers = [cause.requirer for cause in causes if cause.requirer]
        if requirers:
            verb = "needs" if len(requirers) == 1 or self._is_each(requirers) else "need"
            text = f"{self._rocks(requirers)} {verb} {dependency}"
        else:
            text = f"{dependency} is asked for"
        if any(cause.need.is_build for cause in causes):
            text += " to be built"
        return text + _places(causes) + self._remark(causes[0])

    def _rocks(self, candidates: Sequence[Candidate]) -> str:
        ordered = sorted(candidates, key=lambda each: each.version.sort_key)
        name = ordered[0].name
        texts = [plain(each.version) for each in ordered]
        if self._is_each(candidates):
            return f"every {name} ({_short(texts)})"
        if len(ordered) == 1:
            return f"{ordered[0]}{_place(ordered[0])}"
        return f"{name} {_short(texts)}"

    def _is_each(self, candidates: Sequence[Candidate]) -> bool:
        count = self._versions(candidates[0].name).versions.bit_count()
        return len(candidates) == count > 1

    def _remark(self, cause: Asked) -> str:
        """Return which versions an asked rock has, where that is what decides."""
        name = cause.need.slot
        versions = self._versions(name)
        admitted, count = cause.admitted, versions.versions.bit_count()
        if not count:
            return f", but {_why_none(name, versions)}"
        if not admitted:
            return f", but {self._what_there_is(name, versions, cause)}"
        if versions.pin:
            return f", and luarocks.lock pins {name} to {plain(versions.pin.version)}"
        if count > 1 and admitted.bit_count() <= 1:
            return f": that is {self._wording.versions_of(name, admitted)} only"
        if count == 1 and cause.need.dependency.constraints:
            return f": that is {self._wording.versions_of(name, admitted)}"
        return ""

    def _what_there_is(self, name: str, versions: VersionSet, cause: Asked) -> str:
        namespace = cause.need.dependency.namespace
        candidates = versions.in_order(versions.versions)
        if namespace is not None and all(each.namespace != namespace for each in candidates):
            return f"{plain(namespace)} has no {name}"
        if versions.is_provided:
            version = plain(candidates[0].version)
            return f"{name} {version} is provided by Lua or the configuration"
        if versions.pin:
            return f"luarocks.lock pins {candidates[0]}"
        if len(candidates) == 1:
            return f"the only {name} is {plain(candidates[0].version)}{_place(candidates[0])}"
        texts = [plain(each.version) for each in candidates]
        return f"{name} is there only in {_short(texts)}"


def _why_none(name: str, versions: VersionSet) -> str:
    if versions.reason:
        return plain(versions.reason)
    if versions.pin:
        return f"luarocks.lock pins {name} to {plain(versions.pin.version)}, which nobody has"
    return f"nobody has a rock named {name}"


def _place(candidate: Candidate) -> str:
    match candidate.origin:
        case Origin.PROVIDED:
            return " (provided)"
        case Origin.INSTALLED:
            return f" (installed in {plain(candidate.place)})"
        case Origin.DISTRO:
            return f" (package {plain(candidate.place)})"
        case Origin.SERVER:
            return ""


def _places(causes: Sequence[Asked]) -> str:
    """Return where a need is written, in brackets."""
    places = list(dict.fromkeys(plain(c.need.where) for c in causes if c.need.where))
    if not places:
        return ""
    more = len(places) - _PLACES_NAMED
    named = places[:_PLACES_NAMED] + ([f"{more} more"] if more > 0 else [])
    return f" ({', '.join(named)})"


def _short(texts: Sequence[str]) -> str:
    if len(texts) > 4:
        return f"{texts[0]} ... {texts[-1]}, {len(texts)} versions"
    return joined(texts)
