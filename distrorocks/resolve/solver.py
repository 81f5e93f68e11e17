"""The resolver: from needs to the best set of rocks that fulfils them, or to the proof of none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from distrorocks.resolve.attempt import attempt
from distrorocks.resolve.catalogue import Catalogue
from distrorocks.resolve.explanation import explained
from distrorocks.resolve.index import Index, Need
from distrorocks.resolve.limits import Limits
from distrorocks.resolve.preference import Preference
from distrorocks.resolve.search import Impossible
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

    The first root has the version that ``preference`` likes best of those with which there is any
    answer, the second the best with the first as it is, and so on. Any other answer has, of at
    least one rock that is chosen here, a version that is liked less. Nothing is chosen that no
    need asks for, and equal questions have equal answers.

    Each rock has one version; a root that ``is_apart`` has one of its own beside it, which may be
    the same. What rocks need is always the one that is not apart; pins say nothing of those apart.

    A need with a namespace is fulfilled from that namespace only, one without from the ordinary
    manifests, and from a namespace where the same set has a need that names it for the same rock.
    Namespaces are learned from what is read on the way: one that only rocks name which no search
    looked at is not reckoned with.

    Raises ``Conflict`` when there is no such set, ``TooHard`` when ``limit`` is reached before that
    is known.
    """
    limit = limit or Limits()
    catalogue = Catalogue(index, preference, pins or {}, limit)
    while True:
        try:
            return attempt(list(roots), catalogue, limit)
        except Impossible as impossible:
            met = catalogue.namespaces_met
            conflict = explained(impossible.rule, list(roots), catalogue, limit)
        if catalogue.namespaces_met == met:
            raise conflict
