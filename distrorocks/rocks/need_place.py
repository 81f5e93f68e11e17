"""On which line of a rockspec's text each of its dependencies stands."""

from __future__ import annotations

from collections.abc import Sequence


def lines_of(text: str, dependencies: Sequence[str]) -> list[int]:
    """Return the line of each dependency, in their order; 0 for one that is not written so.

    A dependency that is written twice has the first place after that of the one before it.
    """
    found = []
    position = 0
    for dependency in dependencies:
        place = _place(text, dependency, position)
        if place < 0:
            place = _place(text, dependency, 0)
        else:
            position = place + 1
        found.append(0 if place < 0 else text.count("\n", 0, place) + 1)
    return found


def _place(text: str, dependency: str, start: int) -> int:
    """Return where a dependency stands in quotes, -1 if it does not."""
    places = [text.find(f"{quote}{dependency}{quote}", start) for quote in "\"'"]
    return min((place for place in places if place >= 0), default=-1)
