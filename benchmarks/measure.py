"""A case of a benchmark, how it is timed, and what its figures are.

Ours, a peer and a floor (what no program of the kind could do without) run in turn, so that a busy
machine is as busy for each. Processor time is that of all processes of a run. What a run printed
and left is checked before its time counts.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

COMMAND = "BENCHMARKED_COMMAND"
OURS, PEER, FLOOR = "ours", "peer", "floor"
PACKAGE = Path(__file__).resolve().parent.parent


_MEASURED = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[2:]).returncode
with open(sys.argv[1], "w") as file:
    file.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(status)
"""


class Run(NamedTuple):
    """One run: seconds on the clock and of the processor, in all its processes."""

    wall: float
    cpu: float


class WrongOutput(Exception):  # noqa: N818 - what happened, not what to call it
    """A run did not do what it is timed for, so no time of its case counts."""


def nothing(_: str) -> None:
    """Prepare nothing for the run of any program."""


class Case(NamedTuple):
    """Commands that do the same, by who does it, for ``size`` rocks (0: a size has no meaning).

    ``before`` is called with that name before each run and is not timed; ``check`` afterwards with
    the name and what was printed, and raises ``WrongOutput``. ``aim`` is how many times the peer's
    speed is wanted, ``near`` how many times the floor's time is accepted, ``limit`` how many
    seconds of processor time are, each by processor time, and 0 where nothing is asked.
    """

    name: str
    size: int
    commands: Mapping[str, Sequence[str]]
    check: Callable[[str, str], object]
    before: Callable[[str], object] = nothing
    aim: float = 0
    near: float = 0
    limit: float = 0


class Figures(NamedTuple):
    """The runs of a case, by who ran, and the kilobytes of the largest process of each."""

    case: Case
    runs: Mapping[str, Sequence[Run]]
    memory: Mapping[str, int]

    def ratio(self, who: str, of: str = OURS, *, wall: bool = False) -> float:
        """Return how many times one takes what another takes: the median over the rounds.

        It is 0 where one of them did not run.
        """
        if who not in self.runs or of not in self.runs:
            return 0
        pairs = zip(self.runs[who], self.runs[of], strict=True)
        return median((a.wall / b.wall) if wall else (a.cpu / b.cpu) for a, b in pairs)

    def seconds(self, who: str) -> float:
        """Return the median of processor time, 0 where it did not run."""
        return median(each.cpu for each in self.runs[who]) if who in self.runs else 0

    @property
    def shares(self) -> list[float]:
        """How much of each aim is reached: 1 and above where it is, nothing where none is asked."""
        case = self.case
        found = []
        if case.aim and PEER in self.runs:
            found.append(self.ratio(PEER) / case.aim)
        if case.near and FLOOR in self.runs:
            found.append(case.near / self.ratio(OURS, FLOOR))
        if case.limit:
            found.append(case.limit / self.seconds(OURS))
        return found


def timed(command: Sequence[str]) -> tuple[Run, str]:
    """Run a command to its end; return what it took and what it printed.

    Raise ``WrongOutput`` if it fails.
    """
    with tempfile.TemporaryFile() as printed:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=printed, stderr=subprocess.STDOUT
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        text = printed.read().decode(errors="replace")
    if process.returncode:
        raise WrongOutput(f"{' '.join(command)} fails ({process.returncode}): {text[-500:]}")
    return Run(wall, used.ru_utime + used.ru_stime), text


def memory_of(command: Sequence[str]) -> tuple[int, str]:
    """Return the kilobytes of the largest process of a command, and what it printed.

    A process starts with the memory of the one that it is forked from: a small Python does that.
    """
    with tempfile.NamedTemporaryFile("r") as file:
        small = (sys.executable, "-I", "-S", "-c", _MEASURED, file.name)
        _, printed = timed((*small, *command))
        return int(file.read()), printed


def measured(case: Case, rounds: int) -> Figures:
    """Time all commands of a case in each round; one more, the first, is for memory and caches."""
    found: dict[str, list[Run]] = {who: [] for who in case.commands}
    memory: dict[str, int] = {}
    for number in range(rounds + 1):
        for who, command in case.commands.items():
            case.before(who)
            if number:
                run, printed = timed(command)
                found[who].append(run)
            else:
                memory[who], printed = memory_of(command)
            case.check(who, printed)
    return Figures(case, found, memory)


def contains(**texts: str) -> Callable[[str, str], None]:
    """Return a check that each program printed its text."""

    def check(who: str, printed: str) -> None:
        if texts.get(who, "") not in printed:
            raise WrongOutput(f"{who} does not print {texts[who]!r}: {printed[-500:]}")

    return check


def start(*words: str) -> list[str]:
    """Return a command of ours, by the name that ``COMMAND`` has in the environment."""
    return [os.environ[COMMAND], *words]
