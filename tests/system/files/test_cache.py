"""What was made of what, from one run to the next."""

from __future__ import annotations

from distrorocks.system.files.cache import Cache


def test_an_answer_stands_while_its_grounds_do() -> None:
    """It is made once for equal grounds, and again for others."""
    first = Cache()
    assert first.table("kind").of("a", [1], lambda: "made") == "made"
    second = Cache(first.known)
    assert second.table("kind").of("a", [1], lambda: "made again") == "made"
    assert not second.is_new
    third = Cache(second.known)
    assert third.table("kind").of("a", [2], lambda: "made again") == "made again"
    assert third.is_new


def test_what_does_not_last_is_made_each_time() -> None:
    """Neither this run's memory nor the next run's has it."""
    cache = Cache()
    cache.table("kind").of("a", [1], lambda: None, lasts=lambda answer: answer is not None)
    assert cache.known == {}
    assert not cache.is_new


def test_what_nobody_asks_for_is_forgotten() -> None:
    """The memory does not grow with packages that are gone."""
    first = Cache()
    first.table("kind").of("a", [1], lambda: 1)
    first.table("kind").of("b", [1], lambda: 1)
    second = Cache(first.known)
    second.table("kind").of("a", [1], lambda: 2)
    assert set(second.table("kind").rows) == {"a"}
    assert second.is_new


def test_a_result_is_known_for_its_own_inputs_alone() -> None:
    """In the next run, whether it asks for it or not; in the run that makes it, it is new."""
    first = Cache()
    table = first.table("kind")
    table.of("a", [[1, 2], []], lambda: None)
    assert not table.knows("a", [[1, 2], []])
    known = Cache(first.known).table("kind")
    assert known.knows("a", [[1, 2], []])
    assert not known.knows("a", [[1], [2]])
    assert not known.knows("b", [[1, 2], []])


def test_a_row_of_a_table_stands_while_its_file_is_the_same() -> None:
    """Rows that nobody asks for are forgotten, and a table without rows is no entry."""
    first = Cache()
    assert first.table("kind").of("a", (1, 2), lambda: "made") == "made"
    assert first.table("kind").of("b", (1, 2), lambda: ["made"]) == ["made"]
    assert first.is_new
    second = Cache(first.known)
    assert second.table("kind").of("a", (1, 2), lambda: "made again") == "made"
    assert second.table("kind").of("b", (1, 2), lambda: "made again") == ["made"]
    assert second.table("other").rows == {}
    assert not second.is_new
    assert second.known == first.known
    third = Cache(second.known)
    assert third.table("kind").of("a", (1, 3), lambda: "made again") == "made again"
    assert third.is_new
    assert len(third.known) == 1
    fourth = Cache(second.known)
    fourth.table("kind").of("a", (1, 2), lambda: "made again")
    assert fourth.is_new


def test_nothing_asked_of_a_table_forgets_it() -> None:
    """As with any entry, so that a table whose packages are all gone goes too."""
    first = Cache()
    first.table("kind").of("a", (1,), lambda: 1)
    second = Cache(first.known)
    assert second.is_new
    assert second.known == {}


def test_a_row_that_does_not_last_is_made_each_time() -> None:
    """It is no reason to write the cache."""
    first = Cache()
    first.table("kind").of("a", (1,), lambda: None, lasts=lambda answer: answer is not None)
    assert not first.is_new
    assert first.known == {}
    first.table("kind").of("a", (1,), lambda: 1, lasts=lambda answer: answer is not None)
    assert first.is_new
