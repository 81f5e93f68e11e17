"""Mutants that may survive, each with its reason, in ``accepted.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from integration.mutants.mutation import Mutant

REASONS = ("equivalent", "wording", "performance", "types")
"""What a reason begins with: no input shows it, only people read it, only time shows it, or mypy
refuses it."""


class Accepted(NamedTuple):
    """A survivor: its module, its function, the line it is made of and the line it becomes."""

    module: str
    function: str
    before: str
    after: str
    reason: str

    def covers(self, mutant: Mutant) -> bool:
        """Return whether a mutant is this one, wherever its line has moved to."""
        return self[:4] == (mutant.module, mutant.function, mutant.before, mutant.after)


def accepted_survivors() -> list[Accepted]:
    """Return the stored list."""
    with (Path(__file__).parent / "accepted.toml").open("rb") as file:
        table = tomllib.load(file)
    return [Accepted(**entry) for entry in table["accepted"]]


def stale(stored: Iterable[Accepted], mutants: Iterable[Mutant]) -> list[Accepted]:
    """Return the entries that no mutant of today is."""
    there = {(each.module, each.function, each.before, each.after) for each in mutants}
    return [each for each in stored if each[:4] not in there]
