"""The resolver: from needs to the best set of rocks that fulfils them, or to the proof of none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from distrorocks.resolve.index import Index, Need
from distrorocks.resolve.limits import Limits
from distrorocks.resolve.preference import Preference
from distrorocks.resolve.solution import Solution
from distrorocks.rocks.version import Version


def resolve(
    roots: Sequence[Need],
    index: Index,
    *,
    preference: Preference = Preference.INSTALLED,
    pins: Mapping[str, Version] | None = None,
    limit: Limits | None = None,
) -> Solution:
    """Return a set of rocks that fulfils ``roots`` and all that the chosen rocks need.

    Raises ``Conflict`` when there is none, ``TooHard`` when a limit is reached before it is known.
    """
    raise NotImplementedError
