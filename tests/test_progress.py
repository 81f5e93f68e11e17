"""Work is told to one listener, and to nobody while there is none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from distrorocks.progress import SILENT, Awaiting, Work, listen


class Listener:
    """Writes down what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[object, ...]] = []

    def started(self, work: Work) -> None:
        """See ``Progress``."""
        self.heard.append(("started", work.what))

    def advanced(self, work: Work, count: int, step: str | None) -> None:
        """See ``Progress``."""
        self.heard.append(("advanced", work.what, count, step))

    def finished(self, work: Work) -> None:
        """See ``Progress``."""
        self.heard.append(("finished", work.what))


@pytest.fixture(autouse=True)
def _silence() -> Iterator[None]:
    yield
    listen(SILENT)


def test_a_listener_hears_all_of_a_work() -> None:
    """When it begins, what is done of it, at which step it is, and that it has ended."""
    listener = Listener()
    listen(listener)
    with Work("building", total=2) as building:
        building.at("compiling")
        building.advance()
    assert listener.heard == [
        ("started", "building"),
        ("advanced", "building", 0, "compiling"),
        ("advanced", "building", 1, None),
        ("finished", "building"),
    ]


def test_work_may_be_of_no_known_size() -> None:
    """Nor of any unit, nor a part of other work."""
    work = Work("building")
    assert (work.total, work.unit, work.of) == (None, "", None)


def test_work_that_fails_has_ended() -> None:
    """Its error goes on to whoever asked for the work."""
    listener = Listener()
    listen(listener)
    with pytest.raises(KeyError), Work("building"):
        raise KeyError
    assert listener.heard[-1] == ("finished", "building")


def test_an_awaited_listener_is_made_for_the_first_work() -> None:
    """Not before, and once: a run without long work makes none."""
    made: list[Listener] = []

    def make() -> Listener:
        made.append(Listener())
        return made[-1]

    listen(Awaiting(make))
    assert made == []
    for what in ("one", "two"):
        with Work(what):
            pass
    (listener,) = made
    assert [each[1] for each in listener.heard if each[0] == "started"] == ["one", "two"]


def test_without_a_listener_work_is_work() -> None:
    """It can be told of from anywhere, and nothing comes of it."""
    with Work("building", total=1) as building:
        building.at("compiling")
        building.advance()
