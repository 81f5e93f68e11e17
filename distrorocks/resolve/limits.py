"""How long a resolution may take before it is given up."""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.errors import DistrorocksError


class Limits(NamedTuple):
    """The most dead ends met, rules looked at, and candidates whose needs are read."""

    conflicts: int = 3_000
    steps: int = 5_000_000
    reads: int = 20_000


class TooHard(DistrorocksError):  # noqa: N818 - what it says of the question
    """A resolution that was given up: neither an answer nor a proof that there is none."""

    def __init__(self, after: str) -> None:
        super().__init__(
            f"gave up looking for rocks that go together after {after}",
            detail="Whether there is an answer is not known.",
            hint="ask for fewer rocks at once, or name the version of one that many others need",
        )
