"""A solution: the chosen rocks, their dependents, and the order of installation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from distrorocks.resolve.candidate import Candidate, Need
from distrorocks.resolve.order import Order, installation_order
from distrorocks.values import NamedTuple


class Edge(NamedTuple):
    """A need that a chosen rock satisfies.

    ``requirer`` is the name of the requiring rock, None for a root need; ``required`` is the name
    of the rock that satisfies it.
    """

    requirer: str | None
    required: str
    need: Need


class Solution(NamedTuple):
    """A set of rocks, one per name, that satisfies every need of every rock.

    ``chosen`` is sorted by name and includes provided rocks. ``edges`` has the root needs first,
    then those of each chosen rock by name, in the order of its rockspec.
    """

    chosen: Mapping[str, Candidate]
    edges: Sequence[Edge]

    def requirers(self, name: str) -> tuple[Edge, ...]:
        """Return the edges to a rock."""
        return tuple(edge for edge in self.edges if edge.required == name)

    def reached(self) -> set[str]:
        """Return the names of the rocks reachable from the root needs."""
        required: dict[str | None, list[str]] = {}
        for edge in self.edges:
            required.setdefault(edge.requirer, []).append(edge.required)
        found: set[str] = set()
        waiting = required.get(None, [])
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += required.get(name, [])
        return found

    def overridden(self) -> tuple[Edge, ...]:
        """Return the edges whose constraints a pinned version does not satisfy."""
        return tuple(
            edge
            for edge in self.edges
            if not edge.need.dependency.satisfied_by(self.chosen[edge.required].version)
        )

    def order(self) -> Order:
        """Return the order of installation: dependencies first."""
        return installation_order(self.chosen, self._pairs())

    def _pairs(self) -> Iterable[tuple[str, str]]:
        return ((edge.requirer, edge.required) for edge in self.edges if edge.requirer is not None)
