"""Versions that ``luarocks.lock`` fixes.

LuaRocks means a pinned rock to be taken in exactly that version, whatever rockspecs ask for; by a
defect it does so only for build dependencies. Here it holds for every need.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from distrorocks.resolve.candidate import Candidate
from distrorocks.rocks.name import lower
from distrorocks.rocks.version import Version


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
