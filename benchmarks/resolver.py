"""What answers of the resolver cost, and proofs that there is none.

The peer is resolvelib, which pip uses, on the same universe with the same wish for new versions;
it gives up after ``MOST_SECONDS``, and then its time is the least that it would take. The floor
makes the universe and asks nothing. Both must agree whether there is an answer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks import resolver_cases as universes
from benchmarks.measure import FLOOR, OURS, PEER, Case, WrongOutput
from benchmarks.resolver_cases import Universe
from distrorocks.resolve.candidate import Need

FOUND, NONE, GIVEN_UP = "an answer", "no answer", "given up"
MOST_SECONDS = 20
HARD_LIMIT = 1.0

UNIVERSES: dict[str, Callable[[], tuple[Universe, list[Need]]]] = {
    "3 roots": lambda: universes.wide(3),
    "60 roots": lambda: universes.wide(60),
    "14 libraries pin one core": universes.deep,
    "late conflict": universes.late,
    "200 pinned releases": universes.releases,
    "none: two ranges": universes.simple,
    "none: 14 libraries, two cores": lambda: universes.deep(is_possible=False),
    "none: missing rock": universes.missing,
    "none: 6 pigeons, 5 holes": lambda: universes.pigeons(5),
    "none: 7 pigeons, 6 holes": lambda: universes.pigeons(6),
    "none: 9 pigeons, 8 holes": lambda: universes.pigeons(8),
    "chain of 900": lambda: universes.chain(900),
    "100,000 versions": lambda: universes.many_versions(100_000),
}


def cases(scratch: Path, sizes: Sequence[int]) -> Iterator[Case]:
    """Yield a case for each universe; neither argument has a meaning here."""
    del scratch, sizes
    for name in UNIVERSES:
        yield _case(name)


def _case(name: str) -> Case:
    answers: dict[str, str] = {}

    def check(who: str, printed: str) -> None:
        answers[who] = printed.strip()
        given = {answer for answer in answers.values() if answer not in (GIVEN_UP, "")}
        if len(given) > 1 or (who == OURS and not given):
            raise WrongOutput(f"{name}: the answers are {answers}")

    run = (sys.executable, "-m", "benchmarks.resolver_run")
    commands = {who: (*run, who, name) for who in (OURS, PEER, FLOOR)}
    limit = HARD_LIMIT if name.startswith("none") else 0
    return Case(f"resolver, {name}", 0, commands, check, limit=limit)
