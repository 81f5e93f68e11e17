"""The rocks that were chosen, who needs them, and in which order they can be installed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from distrorocks.resolve.candidate import Candidate, Need
from distrorocks.resolve.order import Order, installation_order


class Edge(NamedTuple):
    """A need that a chosen rock fulfils.

    ``requirer`` is the name of the rock that needs, None for what was asked for at the start;
    ``required`` the name of the rock that fulfils.
    """

    requirer: str | None
    required: str
    need: Need


class Solution(NamedTuple):
    """A set of rocks, one for each name, in which every need of every rock is fulfilled.

    ``chosen`` is sorted by name and holds what Lua provides, too. ``edges`` has the needs of the
    start first, then those of each chosen rock by name, as its rockspec lists them.
    """

    chosen: Mapping[str, Candidate]
    edges: Sequence[Edge]

    def requirers(self, name: str) -> tuple[Edge, ...]:
        """Return the edges that end at a rock."""
        return tuple(edge for edge in self.edges if edge.required == name)

    def reached(self) -> set[str]:
        """Return the names of the rocks that the needs of the start lead to."""
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
        """Return the edges whose constraints the chosen version does not stand: pins win."""
        return tuple(
            edge
            for edge in self.edges
            if not edge.need.dependency.satisfied_by(self.chosen[edge.required].version)
        )

    def order(self) -> Order:
        """Return the rocks in an order to install them: what a rock needs comes before it."""
        return installation_order(self.chosen, self._pairs())

    def _pairs(self) -> Iterable[tuple[str, str]]:
        return ((edge.requirer, edge.required) for edge in self.edges if edge.requirer is not None)
