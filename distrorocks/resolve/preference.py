"""Which of several candidates is the best, all else equal."""

from __future__ import annotations

from enum import Enum

from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.rocks.version import Version

Rank = tuple[int, Version, bool, str]

_NEAREST = {Origin.PROVIDED: 3, Origin.INSTALLED: 2, Origin.DISTRO: 1, Origin.SERVER: 0}
_DISTRO_FIRST = {Origin.PROVIDED: 3, Origin.DISTRO: 2, Origin.INSTALLED: 1, Origin.SERVER: 0}


class Preference(Enum):
    """What to prefer.

    ``INSTALLED``: what is in a visible tree, then the distribution's packages, then servers.
    ``DISTRO``: the distribution's packages, then what is in a visible tree, then servers. Both
    take the newest within one kind of place. ``NEWEST`` and ``OLDEST`` look at the version first.
    """

    INSTALLED = "installed"
    NEWEST = "newest"
    DISTRO = "distro"
    OLDEST = "oldest"

    def nearness(self, origin: Origin) -> int:
        """Return how near a kind of place is: of the same version, the higher is taken."""
        return (_DISTRO_FIRST if self is Preference.DISTRO else _NEAREST)[origin]

    def looks_at_place_first(self) -> bool:
        """Tell whether a near old version is better than a far new one."""
        return self in (Preference.INSTALLED, Preference.DISTRO)

    def sorted(self, candidates: list[list[Candidate]]) -> list[list[Candidate]]:
        """Return groups of one version each, worst group first, best place first in each.

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
