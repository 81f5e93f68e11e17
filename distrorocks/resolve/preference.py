"""Which of several candidates is the best, all else equal.

How long a resolution may take before it is given up.

Versions that ``luarocks.lock`` fixes.

LuaRocks means a pinned rock to be taken in exactly that version, whatever rockspecs ask for; by a
defect it does so only for build dependencies. Here it holds for every need.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.rocks.name import lower
from distrorocks.rocks.version import Version


class Limits(NamedTuple):
    """The most that is done for one answer.

    ``conflicts`` are dead ends met, ``steps`` rules and rocks looked at, ``reads`` candidates whose
    needs are read, ``comparisons`` those of a version with a constraint: a bound of memory, too,
    as a set of versions has a bit for each.
    """

    conflicts: int = 3_000
    steps: int = 5_000_000
    reads: int = 20_000
    comparisons: int = 5_000_000


class TooHard(DistrorocksError):  # noqa: N818 - what it says of the question
    """A resolution that was given up: neither an answer nor a proof that there is none."""

    def __init__(self, after: str) -> None:
        super().__init__(
            f"gave up looking for rocks that go together after {after}",
            detail="Whether there is an answer is not known.",
            hint="ask for fewer rocks at once, or name the version of one that many others need",
        )


class Pin(NamedTuple):
    """The one version of a rock that counts, and its namespace where the file names one."""

    version: Version
    namespace: str | None = None

    def admits(self, candidate: Candidate) -> bool:
        """Tell whether a candidate is what was pinned."""
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
