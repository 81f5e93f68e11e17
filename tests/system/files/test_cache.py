"""What was made of what, from one run to the next."""

from __future__ import annotations

from distrorocks.system.files.cache import Cache


def test_an_answer_stands_while_its_grounds_do() -> None:
    """It is made once for equal grounds, and again for others."""
    first = Cache()
    assert first.of("a", 1, lambda: "made") == "made"
    second = Cache(first.known)
    assert second.of("a", 1, lambda: "made again") == "made"
    assert not second.is_new
    third = Cache(second.known)
    assert third.of("a", 2, lambda: "made again") == "made again"
    assert third.is_new


def test_what_does_not_last_is_made_each_time() -> None:
    """Neither this run's memory nor the next run's has it."""
    cache = Cache()
    cache.of("a", 1, lambda: None, lasts=lambda answer: answer is not None)
    assert cache.known == {}
    assert not cache.is_new


def test_what_nobody_asks_for_is_forgotten() -> None:
    """The memory does not grow with packages that are gone."""
    first = Cache()
    first.of("a", 1, lambda: 1)
    first.of("b", 1, lambda: 1)
    second = Cache(first.known)
    second.of("a", 1, lambda: 2)
    assert set(second.known) == {repr("a")}
    assert second.is_new
