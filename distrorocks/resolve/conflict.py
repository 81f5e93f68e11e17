"""The error of needs that cannot all be fulfilled: the proof, and what could be relaxed."""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.index import Need


class Step(NamedTuple):
    """One sentence of a proof: a fact, or what follows from the steps ``because`` (from 1)."""

    text: str
    because: tuple[int, ...] = ()


class Relaxation(NamedTuple):
    """A need without whose constraints there is an answer; ``requirer`` is empty for a root.

    ``text`` tells it with the rocks that would then be chosen.
    """

    requirer: str
    need: Need
    text: str


class Conflict(DistrorocksError):  # noqa: N818 - what it is, not that it is one
    """No set of rocks fulfils all needs: ``steps`` prove it, ``relaxations`` are ways out."""

    def __init__(
        self, brief: str, steps: tuple[Step, ...], relaxations: tuple[Relaxation, ...] = ()
    ) -> None:
        self.steps = steps
        self.relaxations = relaxations
        super().__init__(brief)
