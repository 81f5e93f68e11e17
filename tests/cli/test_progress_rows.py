"""Which rows are shown of the work that is under way, and what they say."""

from __future__ import annotations

import pytest

from distrorocks.cli.progress_rows import Row, State, plain_line, rows_of
from distrorocks.progress import BYTES, Work
from distrorocks.rocks.quotation import columns


def shown(*works: Work, most: int = 8, coding: str = "utf-8", **states: State) -> list[Row]:
    """Return the rows of works; ``states`` are of those with that name."""
    known = {each: states.get(each.what, State(1, 0.0)) for each in works}
    return rows_of(known, 5.0, most=most, coding=coding)


def state(done: int = 0, step: str = "", begun: float = 0.0) -> State:
    """Return what is known of a work."""
    found = State(1, begun)
    found.done, found.step = done, step
    return found


def test_parts_are_below_their_work_whatever_began_first() -> None:
    """Each level is two columns further in; other work follows."""
    building = Work("building", total=3, unit="rocks")
    one, two = Work("one", of=building), Work("two", of=building)
    other, inner = Work("other"), Work("inner", of=one)
    rows = shown(building, other, one, two, inner)
    assert [row.label for row in rows] == [
        "building: 2 running, 1 waiting",
        "  one",
        "    inner",
        "  two",
        "other",
    ]


def test_a_work_says_how_many_of_its_parts_run_and_wait() -> None:
    """Those done are counted, and none waits where the rest is running."""
    building = Work("building", total=3, unit="rocks")
    parts = [Work("one", of=building), Work("two", of=building)]
    (row, *_) = shown(building, *parts, building=state(1))
    assert (row.label, row.amount) == ("building: 2 running", "1/3 rocks")
    (row, *_) = shown(building, parts[0], building=state(1))
    assert row.label == "building: 1 running, 1 waiting"


def test_a_part_of_a_work_that_is_not_shown_stands_alone() -> None:
    """Its larger work has ended, or another process has it."""
    assert [row.label for row in shown(Work("one", of=Work("gone")))] == ["one"]


def test_the_step_is_beside_the_work() -> None:
    """It is what the work does now."""
    (row,) = shown(Work("one"), one=state(step="compiling a.c"))
    assert row.label == "one: compiling a.c"


def test_never_more_is_done_than_there_is() -> None:
    """A server may send more than it has announced."""
    (row,) = shown(Work("x", total=5, unit="files"), x=state(7))
    assert row.amount == "5/5 files"


@pytest.mark.parametrize(
    ("done", "total", "unit", "amount"),
    [
        (0, None, "", ""),
        (0, None, BYTES, ""),
        (7, None, "files", "7 files"),
        (0, 4, "rocks", "0/4 rocks"),
        (999, None, BYTES, "999 bytes"),
        (1000, None, BYTES, "1.0 kB"),
        (1_200_000, 3_400_000_000, BYTES, "0.0/3.4 GB"),
        (999, 2000, BYTES, "1.0/2.0 kB"),
        (1_250_000, None, BYTES, "1.2 MB"),
        (3, 20, BYTES, "3/20 bytes"),
        (10, 0, BYTES, "10 bytes"),
    ],
)
def test_amounts_are_told_in_their_unit(
    done: int, total: int | None, unit: str, amount: str
) -> None:
    """Bytes with their total in one unit, all else as it is counted."""
    assert Row("", done, total, unit, 0).amount == amount


@pytest.mark.parametrize(
    ("seconds", "time"), [(-1, ""), (0.9, ""), (1, "0:01"), (61.9, "1:01"), (3600, "60:00")]
)
def test_times_are_minutes_and_seconds(seconds: float, time: str) -> None:
    """Less than a second is no time."""
    assert Row("", 0, None, "", seconds).time == time


def test_the_time_is_that_of_the_work_itself() -> None:
    """A part is as old as itself, not as its work."""
    (row,) = shown(Work("x"), x=state(begun=2.0))
    assert row.time == "0:03"


def test_what_has_no_room_is_counted() -> None:
    """The last row stands for the works that are left out."""
    rows = shown(*(Work(str(number)) for number in range(10)), most=4)
    assert [row.label for row in rows] == ["0", "1", "2", "and 7 more"]
    assert len(shown(*(Work(str(number)) for number in range(4)), most=4)) == 4


def test_one_row_is_that_of_the_first_work() -> None:
    """A count of works would say nothing of them."""
    assert [row.label for row in shown(Work("a"), Work("b"), most=1)] == ["a"]


def test_a_label_is_one_line_in_the_characters_of_the_terminal() -> None:
    """Whatever a server calls its files: no control character, and no other encoding."""
    (row,) = shown(Work("fetching \x1b[2J\né"), coding="ascii")
    assert row.label == "fetching \\x1b[2J\\n\\xe9"


def test_a_plain_line_says_the_whole_and_the_newest_part() -> None:
    """It has no more columns than the terminal."""
    building = Work("building", total=3, unit="rocks")
    rows = shown(building, Work("one", of=building), Work("二つ目", of=building))
    assert plain_line(rows, 79) == "building: 2 running, 1 waiting 0/3 rocks: 二つ目"
    assert plain_line(rows[1:2], 79) == "  one"
    assert columns(plain_line(rows, 44)) <= 44
