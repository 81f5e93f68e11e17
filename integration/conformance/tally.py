"""How one comparison went: what agreed, what differed, what was not compared."""

from __future__ import annotations

from collections.abc import Callable

SHOWN = 5
WIDTH = 300


class Tally:
    """The count of one oracle file, or of one question asked of it.

    ``differences`` has one line for each case that differed; ``skipped`` one for each case that
    was not compared, with the reason.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.agreed = 0
        self.differences: list[str] = []
        self.skipped: list[str] = []

    def compare(self, case: str, is_same: bool, difference: Callable[[], str]) -> None:
        """Count one case; ``difference`` says what differed and is asked only then."""
        if is_same:
            self.agreed += 1
        else:
            self.differences.append(f"{case}: {difference()}")

    def skip(self, case: str, reason: str) -> None:
        """Leave one case out."""
        self.skipped.append(f"{case}: {reason}")

    def lines(self) -> list[str]:
        """Return the account: one line, then the first differences and reasons."""
        counts = (
            f"{self.agreed} agreed, {len(self.differences)} differed, {len(self.skipped)} skipped"
        )
        return [
            f"{self.name + ':':<34} {counts}",
            *_shown("differed", self.differences),
            *_shown("skipped", self.skipped),
        ]


def _shown(word: str, cases: list[str]) -> list[str]:
    lines = [f"    {word}: {case}"[:WIDTH] for case in cases[:SHOWN]]
    if len(cases) > SHOWN:
        lines.append(f"    {word}: and {len(cases) - SHOWN} more")
    return lines
