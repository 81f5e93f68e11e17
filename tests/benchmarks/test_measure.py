"""What is timed did what it is timed for, and a figure is what its name says."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.measure import (
    FLOOR,
    OURS,
    PEER,
    Case,
    Figures,
    Run,
    WrongOutput,
    contains,
    measured,
    memory_of,
    timed,
)

PYTHON = (sys.executable, "-I", "-S", "-c")


def figures(case: Case | None = None, **cpu: list[float]) -> Figures:
    """Return figures of runs that took so much of the processor, and twice that on the clock."""
    runs = {who: [Run(2 * each, each) for each in times] for who, times in cpu.items()}
    return Figures(case or Case("case", 0, {}, contains()), runs, {})


def test_a_ratio_is_the_median_over_the_rounds() -> None:
    """One round in which the machine was busy with something else changes nothing."""
    found = figures(ours=[1, 1, 9], peer=[3, 4, 9], floor=[0.5, 0.5, 0.5])
    assert found.ratio(PEER) == 3
    assert found.ratio(PEER, wall=True) == 3
    assert found.ratio(OURS, FLOOR) == 2
    assert found.seconds(PEER) == 4


def test_who_did_not_run_has_no_ratio() -> None:
    """A case without a peer or a floor has none of their figures, and misses no aim for them."""
    found = figures(Case("case", 0, {}, contains(), aim=2, near=2), ours=[1])
    assert (found.ratio(PEER), found.ratio(OURS, FLOOR), found.seconds(PEER)) == (0, 0, 0)
    assert found.shares == []


@pytest.mark.parametrize(
    ("aims", "share"),
    [((4, 0, 0), 0.5), ((1, 0, 0), 2), ((0, 2, 0), 0.5), ((0, 0, 3), 1.5)],
)
def test_the_share_of_an_aim_is_one_where_it_is_just_reached(
    aims: tuple[float, float, float], share: float
) -> None:
    """Twice the peer's speed is half of four times; four floors are twice too many for two."""
    aim, near, limit = aims
    case = Case("case", 0, {}, contains(), aim=aim, near=near, limit=limit)
    assert figures(case, ours=[2], peer=[4], floor=[0.5]).shares == [share]


def test_programs_run_in_turn_and_the_first_round_does_not_count() -> None:
    """Each is prepared for before each of its runs, so that all see the same machine."""
    seen = []
    commands = {who: (*PYTHON, f"print('by {who}')") for who in (OURS, PEER)}
    case = Case(
        "case",
        0,
        commands,
        lambda who, printed: seen.append((who, printed.strip())),
        before=lambda who: seen.append((who, "before")),
    )
    found = measured(case, 2)
    turn = [(who, what) for who in (OURS, PEER) for what in ("before", f"by {who}")]
    assert seen == turn * 3
    assert {who: len(runs) for who, runs in found.runs.items()} == {OURS: 2, PEER: 2}


def test_processor_time_and_memory_are_those_of_all_processes() -> None:
    """What a child of the command uses counts, what this process has does not, sleeping is none."""
    of_this_process = bytearray(200_000_000)
    child = "x = bytearray(90_000_000); sum(range(5_000_000))"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-I', '-c', {child!r}])"
    busy, _ = timed((*PYTHON, parent))
    idle, _ = timed((*PYTHON, "import time; time.sleep(0.3)"))
    memory, _ = memory_of((*PYTHON, parent))
    assert len(of_this_process) / 1000 > memory > 90_000
    assert busy.cpu > idle.cpu
    assert idle.wall > 0.3 > idle.cpu


@pytest.mark.parametrize("program", ["raise SystemExit(3)", "print('something else')"])
def test_a_wrong_run_ends_the_measurement(program: str) -> None:
    """Neither a failure nor another output is ever timed as if it were the work."""
    case = Case("case", 0, {OURS: (*PYTHON, program)}, contains(ours="the answer"))
    with pytest.raises(WrongOutput):
        measured(case, 1)


def test_a_command_that_is_not_there_is_no_time(tmp_path: Path) -> None:
    """The name of the program is told."""
    with pytest.raises(FileNotFoundError, match="absent"):
        timed((str(tmp_path / "absent"),))
