"""``python -m benchmarks.resolver``: what answers of the resolver cost, and proofs of none.

``ms`` is the best of some runs, ``reads`` the rockspecs that had to be read: on a real server each
is a download.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

from benchmarks import resolver_cases as cases
from distrorocks.resolve.candidate import Need
from distrorocks.resolve.conflict import Conflict
from distrorocks.resolve.preference import Preference, TooHard
from distrorocks.resolve.solver import resolve

Case = Callable[[], tuple[cases.Universe, list[Need]]]

CASES: dict[str, Case] = {
    "3 roots": lambda: cases.wide(3),
    "60 roots": lambda: cases.wide(60),
    "14 libraries pin one core": cases.deep,
    "late conflict": cases.late,
    "200 pinned releases": cases.releases,
    "none: two ranges": cases.simple,
    "none: 14 libraries, two cores": lambda: cases.deep(is_possible=False),
    "none: missing rock": cases.missing,
    "none: 6 pigeons, 5 holes": lambda: cases.pigeons(5),
    "none: 7 pigeons, 6 holes": lambda: cases.pigeons(6),
    "none: 9 pigeons, 8 holes": lambda: cases.pigeons(8),
    "chain of 2,000": lambda: cases.chain(2000),
    "100,000 versions": lambda: cases.many_versions(100_000),
}


class Run(NamedTuple):
    """One answer: what it was, and what it cost."""

    answer: str
    seconds: float
    reads: int


def run(case: Case) -> Run:
    """Answer one case; making the universe is not counted."""
    universe, roots = case()
    start = time.perf_counter()
    try:
        solution = resolve(roots, universe, preference=Preference.NEWEST)
        answer = f"{len(solution.chosen)} rocks"
    except Conflict as conflict:
        answer = f"conflict, {len(conflict.steps)} steps"
    except TooHard:
        answer = "given up"
    return Run(answer, time.perf_counter() - start, universe.reads)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.resolver", description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    print(f"{'case':<32} {'ms':>9} {'reads':>7}  answer")
    for name, case in CASES.items():
        best = min((run(case) for _ in range(options.runs)), key=lambda each: each.seconds)
        print(f"{name:<32} {best.seconds * 1e3:>9.1f} {best.reads:>7}  {best.answer}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
