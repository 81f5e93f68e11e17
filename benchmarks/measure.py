"""Times commands in turn, and tells medians and the ratio of each pair."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median
from typing import NamedTuple


class Run(NamedTuple):
    """One run of a command: seconds on the clock, and of processor time in all its processes."""

    wall: float
    cpu: float


class Comparison(NamedTuple):
    """Runs of two commands, taken in turn: ours first in each pair."""

    ours: list[Run]
    theirs: list[Run]

    @property
    def ratio(self) -> float:
        """How many times faster ours is on the clock: the median over the pairs."""
        return median(b.wall / a.wall for a, b in zip(self.ours, self.theirs, strict=True))

    @property
    def cpu_ratio(self) -> float:
        """The same for processor time."""
        return median(b.cpu / a.cpu for a, b in zip(self.ours, self.theirs, strict=True))


def has_peers(lua_versions: Iterable[str]) -> bool:
    """Return whether luarocks-admin is there for all Lua versions; print an error if not."""
    missing = [each for each in lua_versions if not shutil.which(f"luarocks-admin-{each}")]
    if missing:
        print(f"error: no luarocks-admin-{missing[0]}\nhint: run `make system`", file=sys.stderr)
    return not missing


def timed(command: Sequence[str]) -> Run:
    """Run a command that must succeed, and return what it took."""
    before = _processor_time()
    start = time.perf_counter()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True)
    wall = time.perf_counter() - start
    return Run(wall, _processor_time() - before)


def _processor_time() -> float:
    """Return the seconds that all processes which have ended took, to the microsecond."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def in_turn(
    commands: Mapping[str, Sequence[str]], *, before: Callable[[], object], rounds: int
) -> dict[str, list[Run]]:
    """Time all commands in each round, ``before`` each of them, which is not timed.

    One round does not count: it warms the caches of the disk.
    """
    found: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(rounds + 1):
        for name, command in commands.items():
            before()
            found[name].append(timed(command))
    return {name: runs[1:] for name, runs in found.items()}


def compare(
    ours: Sequence[str], theirs: Sequence[str], *, before: Callable[[], object], pairs: int
) -> Comparison:
    """Time two commands in turn, ``before`` each of them."""
    found = in_turn({"ours": ours, "theirs": theirs}, before=before, rounds=pairs)
    return Comparison(found["ours"], found["theirs"])
