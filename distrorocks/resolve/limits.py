"""How long a resolution may take before it is given up."""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.errors import DistrorocksError


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
