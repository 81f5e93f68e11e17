"""``python -m integration.corpus.resolver_fuzz``: the resolver beside a SAT solver.

Each universe is a few rocks with cycles, pins, provided names, several trees and servers, build
needs, broken rocks, namespaces and roots apart. The verdict of each answer is the oracle's of the
unit tests: a set that is none, an answer where there is a set, a root that could be better, a set
that some other is better than in one rock and worse in none. Exit status 0 when nothing is wrong.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from random import Random

from distrorocks.resolve.solution import Solution
from tests.resolve.judged import judged
from tests.resolve.universes import question

_BATCH = 250


def tried(seeds: Iterable[int]) -> tuple[Counter[str], list[str]]:
    """Return how many answers of each kind some seeds give, and what is wrong with them."""
    kinds: Counter[str] = Counter()
    wrong = []
    for seed in seeds:
        asked = question(Random(seed))  # noqa: S311 - chance is all that is asked of it
        answer, faults = judged(asked)
        kinds["possible" if isinstance(answer, Solution) else "impossible"] += 1
        kinds["with pins"] += bool(asked.pins)
        kinds["with a root apart"] += any(need.is_apart for need in asked.roots)
        kinds["with namespaces"] += bool(asked.world.spaced)
        if isinstance(answer, Solution):
            kinds["with a cycle in the answer"] += bool(answer.order().closing)
        wrong += [f"universe {seed}: {fault}" for fault in faults]
    return kinds, wrong


def main() -> int:
    """Try universes in all processors and print the figures."""
    parser = argparse.ArgumentParser(prog="integration.corpus.resolver_fuzz", description=__doc__)
    parser.add_argument("--universes", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    options = parser.parse_args()
    end = options.first + options.universes
    batches = [range(at, min(at + _BATCH, end)) for at in range(options.first, end, _BATCH)]
    start = time.perf_counter()
    kinds: Counter[str] = Counter()
    wrong: list[str] = []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for more, faults in pool.map(tried, batches):
            kinds += more
            wrong += faults
    seconds = time.perf_counter() - start
    print("\n".join(wrong))
    counts = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    print(f"{options.universes} universes in {seconds:.0f} s: {counts}")
    print(f"{len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
