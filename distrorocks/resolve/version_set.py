"""Sets of versions of one rock as bit masks.

Bit 0 means "the rock is not chosen", bit 1 is the least preferred version, the highest bit the most
preferred. The possible states of a rock are such a set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.resolve.preference import Pin, Preference
from distrorocks.rocks.dependency import Dependency

ABSENT = 1

_DIGITS = b"01" + bytes(254)

VersionKey = tuple[str, str | None]


class VersionSet:
    """All candidates for one name: a bit for each version of each namespace.

    ``everything`` has all bits, ``versions`` all but ``ABSENT``. ``error`` is the reason why there
    are none, if known. Versions that only a need with their namespace can find are least preferred.
    """

    def __init__(
        self,
        listed: Iterable[Candidate],
        preference: Preference,
        *,
        spaced: Iterable[Candidate] = (),
        pin: Pin | None = None,
        error: DistrorocksError | None = None,
    ) -> None:
        self.error = error
        by_version = _groups(listed)
        special = []
        for key, group in _groups(spaced).items():
            if key in by_version:
                by_version[key] += [each for each in group if each not in by_version[key]]
            else:
                special.append(group)
        ordinary = list(by_version.values())
        provided = [
            [each for each in group if each.origin is Origin.PROVIDED] for group in ordinary
        ]
        provided = [group[:1] for group in provided if group][:1]
        self.is_provided = bool(provided)
        self.pin = None if provided else pin
        if provided:
            ordinary, special = provided, []
        far, near = (
            [group for group in preference.sorted(groups) if not pin or self._keeps(group)]
            for groups in (special, ordinary)
        )
        self._groups = groups = far + near
        self._far = far
        self.everything = (2 << len(groups)) - 1
        self.versions = self.everything & ~ABSENT
        self._bits: dict[VersionKey, int] = {}
        self._masks: dict[Dependency, int] = {}

    def admitted(self, dependency: Dependency) -> int:
        """Return the versions that satisfy a dependency; a pin overrides its constraints."""
        mask = self._masks.get(dependency)
        if mask is None:
            mask = self._masks[dependency] = self._mask(dependency)
        return mask

    def cost(self, dependency: Dependency) -> int:
        """Return how many comparisons ``admitted`` would make; 0 if cached."""
        if dependency in self._masks:
            return 0
        return len(self._groups) * max(1, len(dependency.constraints))

    def best(self, mask: int) -> int:
        """Return the bit of the most preferred version in ``mask``."""
        return 1 << (mask.bit_length() - 1)

    def places(self, bit: int) -> Sequence[Candidate]:
        """Return the candidates of one version, best place first."""
        return self._groups[bit.bit_length() - 2]

    def bit_of(self, key: VersionKey) -> int:
        """Return the bit of a version, or 0."""
        if not self._bits:
            keys = [version_key(group[0]) for group in self._groups]
            self._bits = {each: 2 << place for place, each in enumerate(keys)}
        return self._bits.get(key, 0)

    def in_order(self, mask: int) -> list[Candidate]:
        """Return the best candidate of each version in ``mask``, oldest version first."""
        firsts = [self.places(bit)[0] for bit in bits(mask & ~ABSENT)]
        return sorted(firsts, key=lambda each: (each.version, each.namespace or ""))

    def hidden(self, namespace: str) -> int:
        """Return the versions that only a need with this namespace can find."""
        spaces = [group[0].namespace for group in self._far]
        return sum(2 << place for place, space in enumerate(spaces) if space == namespace)

    def hidden_namespace(self, bit: int) -> str | None:
        """Return the namespace that a need must name to find a version, or None."""
        place = bit.bit_length() - 2
        if self.pin and self.pin.namespace:
            return None
        return self._far[place][0].namespace if place < len(self._far) else None

    def _keeps(self, group: list[Candidate]) -> bool:
        return self.pin is None or self.pin.admits(group[0])

    def _mask(self, dependency: Dependency) -> int:
        """Return the versions that satisfy ``dependency``, built in one pass."""
        flags = bytearray(len(self._groups))
        for position, group in enumerate(self._groups):
            if self._has_namespace(group[0], dependency) and (
                self.pin or dependency.satisfied_by(group[0].version)
            ):
                flags[position] = 1
        digits = flags.translate(_DIGITS)[::-1].decode()
        return int(f"0{digits}0", 2)

    def _has_namespace(self, candidate: Candidate, dependency: Dependency) -> bool:
        wanted = dependency.namespace
        return wanted is None or self.is_provided or candidate.namespace == wanted


def version_key(candidate: Candidate) -> VersionKey:
    """Return the identity of a version of a rock: its text and namespace."""
    return candidate.version.string, candidate.namespace


def bits(mask: int) -> Iterator[int]:
    """Yield the single bits of a set, lowest first."""
    while mask:
        bit = mask & -mask
        yield bit
        mask ^= bit


def _groups(candidates: Iterable[Candidate]) -> dict[VersionKey, list[Candidate]]:
    """Return the candidates by version and namespace, each place once."""
    groups: dict[VersionKey, dict[Candidate, None]] = {}
    for candidate in candidates:
        groups.setdefault(version_key(candidate), {})[candidate] = None
    return {key: list(group) for key, group in groups.items()}
