"""Parameters of a resolution: preference among candidates, limits, and pins.

LuaRocks intends a rock pinned in ``luarocks.lock`` to be used in exactly that version, whatever
rockspecs require; by a bug it does so only for build dependencies. Here it applies to every need.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.rocks.name import lower
from distrorocks.rocks.version import Version
from distrorocks.values import NamedTuple


class Limits(NamedTuple):
    """The limits of effort for one resolution.

    ``conflicts`` counts conflicts, ``steps`` rules and rocks examined, ``reads`` candidates whose
    needs are read, ``comparisons`` comparisons of a version with a constraint; they also bound
    memory, since a version set has one bit per version.
    """

    conflicts: int = 3_000
    steps: int = 5_000_000
    reads: int = 20_000
    comparisons: int = 5_000_000


class TooHard(DistrorocksError):  # noqa: N818 - describes the problem
    """A resolution exceeded its limits: neither a solution nor a proof of conflict."""

    def __init__(self, after: str) -> None:
        super().__init__(
            f"gave up looking for compatible rocks after {after}",
            detail="Whether a solution exists is not known.",
            hint="ask for fewer rocks at once, or name the version of one that many others need",
        )


class Pin(NamedTuple):
    """The pinned version of a rock, and its namespace if the file names one."""

    version: Version
    namespace: str | None = None

    def admits(self, candidate: Candidate) -> bool:
        """Return whether a candidate is the pinned one."""
        right_space = self.namespace is None or candidate.namespace == self.namespace
        return right_space and candidate.version.equals(self.version)


def pins_by_name(pins: Mapping[str, Version]) -> dict[str, Pin]:
    """Return the pins by lower-case name; a key may be ``name`` or ``namespace/name``."""
    named = {}
    for key, version in sorted(pins.items()):
        namespace, slash, name = key.rpartition("/")
        named[lower(name)] = Pin(version, namespace if slash and namespace else None)
    return named


Rank = tuple[int, Version, bool, str]

_NEAREST = {Origin.PROVIDED: 3, Origin.INSTALLED: 2, Origin.DISTRO: 1, Origin.SERVER: 0}
_DISTRO_FIRST = {Origin.PROVIDED: 3, Origin.DISTRO: 2, Origin.INSTALLED: 1, Origin.SERVER: 0}


class Preference(Enum):
    """The order of preference among candidates.

    ``INSTALLED``: rocks in visible trees, then the distribution's packages, then servers.
    ``DISTRO``: the distribution's packages, then visible trees, then servers. Both prefer the
    newest within one kind of place. ``NEWEST`` and ``OLDEST`` compare versions first. ``NAMED`` is
    LuaRocks' way: ``NEWEST`` for the rocks that the user names, ``INSTALLED`` for all others.
    """

    INSTALLED = "installed"
    NEWEST = "newest"
    DISTRO = "distro"
    OLDEST = "oldest"
    NAMED = "named"

    def of(self, name: str, named: Collection[str]) -> Preference:
        """Return the preference for one rock, where the user named some."""
        if self is not Preference.NAMED:
            return self
        return Preference.NEWEST if name in named else Preference.INSTALLED

    def nearness(self, origin: Origin) -> int:
        """Return the rank of a kind of place: for the same version the higher is preferred."""
        return (_DISTRO_FIRST if self is Preference.DISTRO else _NEAREST)[origin]

    def looks_at_place_first(self) -> bool:
        """Return whether the place takes precedence over the version."""
        return self in (Preference.INSTALLED, Preference.DISTRO)

    def sorted(self, candidates: list[list[Candidate]]) -> list[list[Candidate]]:
        """Sort groups of one version each, worst group first; within each, best place first.

        Places of one kind keep their order.
        """
        groups = [sorted(group, key=self._distance) for group in candidates]
        groups.sort(key=self._rank, reverse=self is Preference.OLDEST)
        return groups

    def _distance(self, candidate: Candidate) -> int:
        return -self.nearness(candidate.origin)

    def _rank(self, group: list[Candidate]) -> Rank:
        best = group[0]
        near = self.nearness(best.origin) if self.looks_at_place_first() else 0
        return near, best.version, best.namespace is None, best.namespace or ""
