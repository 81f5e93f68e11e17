"""What forked processes report of their parent's work."""

from __future__ import annotations

import os

from distrorocks.cli.progress_children import ChildReports
from distrorocks.progress import Work


def test_counts_of_all_children_arrive_by_work() -> None:
    """Each message is whole, whichever process sent it; what is taken is not there again."""
    one, two = Work("one", total=1000), Work("two", total=10)
    reports = ChildReports()
    children = []
    for _ in range(3):
        child = os.fork()
        if not child:
            reporter = reports.reporter({one: 1, two: 2})
            for _ in range(100):
                reporter.advanced(one, 1, None)
            reporter.advanced(two, 2, None)
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    assert reports.take() == {1: 300, 2: 6}
    assert reports.take() == {}


def test_a_child_tells_nothing_of_steps_and_of_its_own_work() -> None:
    """Only what is done of works that the parent shows."""
    known, own = Work("known"), Work("own")
    reports = ChildReports()
    reporter = reports.reporter({known: 7})
    reporter.started(own)
    reporter.advanced(own, 1, None)
    reporter.advanced(known, 0, "compiling")
    reporter.finished(own)
    assert reports.take() == {}


def test_a_full_pipe_stops_nobody() -> None:
    """What finds no room is lost: the work goes on."""
    work = Work("reading")
    reports = ChildReports()
    reporter = reports.reporter({work: 1})
    for _ in range(100_000):
        reporter.advanced(work, 1, None)
    taken = reports.take()[1]
    assert 0 < taken < 100_000
    reporter.advanced(work, 1, None)
    assert reports.take() == {1: 1}
