"""What was made of what, from one run to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from unittest.mock import patch

from hypothesis import given
from hypothesis.strategies import dictionaries, integers, lists

from distrorocks.system.files.cache import Cache, Piece


def is_new(cache: Cache) -> bool:
    """Return whether a run leaves anything else than it has found."""
    return cache.pieces != (cache.earlier or [{}])


def test_an_answer_stands_while_its_grounds_do() -> None:
    """It is made once for equal grounds, and again for others."""
    first = Cache()
    assert first.table("kind").of("a", [1], lambda: "made") == "made"
    second = Cache(first.pieces)
    assert second.table("kind").of("a", [1], lambda: "made again") == "made"
    assert not is_new(second)
    third = Cache(second.pieces)
    assert third.table("kind").of("a", [2], lambda: "made again") == "made again"
    assert is_new(third)


def test_what_does_not_last_is_made_each_time() -> None:
    """Neither this run's memory nor the next run's has it."""
    cache = Cache()
    cache.table("kind").of("a", [1], lambda: None, lasts=lambda answer: answer is not None)
    assert cache.pieces == [{}]
    assert not is_new(cache)


def test_what_nobody_asks_for_is_forgotten() -> None:
    """The memory does not grow with packages that are gone."""
    first = Cache()
    first.table("kind").of("a", [1], lambda: 1)
    first.table("kind").of("b", [1], lambda: 1)
    second = Cache(first.pieces)
    second.table("kind").of("a", [1], lambda: 2)
    assert set(second.table("kind").rows) == {"a"}
    assert is_new(second)


def test_a_result_is_known_for_its_own_inputs_alone() -> None:
    """In the next run, whether it asks for it or not; in the run that makes it, it is new."""
    first = Cache()
    table = first.table("kind")
    table.of("a", [[1, 2], []], lambda: None)
    assert not table.knows("a", [[1, 2], []])
    known = Cache(first.pieces).table("kind")
    assert known.knows("a", [[1, 2], []])
    assert not known.knows("a", [[1], [2]])
    assert not known.knows("b", [[1, 2], []])


def test_a_row_of_a_table_stands_while_its_file_is_the_same() -> None:
    """Rows that nobody asks for are forgotten, and a table without rows is no entry."""
    first = Cache()
    assert first.table("kind").of("a", (1, 2), lambda: "made") == "made"
    assert first.table("kind").of("b", (1, 2), lambda: ["made"]) == ["made"]
    assert is_new(first)
    second = Cache(first.pieces)
    assert second.table("kind").of("a", (1, 2), lambda: "made again") == "made"
    assert second.table("kind").of("b", (1, 2), lambda: "made again") == ["made"]
    assert second.table("other").rows == {}
    assert not is_new(second)
    assert second.pieces == first.pieces
    third = Cache(second.pieces)
    assert third.table("kind").of("a", (1, 3), lambda: "made again") == "made again"
    assert is_new(third)
    assert len(third.pieces) == 1
    fourth = Cache(second.pieces)
    fourth.table("kind").of("a", (1, 2), lambda: "made again")
    assert is_new(fourth)


def test_nothing_asked_of_a_table_forgets_it() -> None:
    """As with any entry, so that a table whose packages are all gone goes too."""
    first = Cache()
    first.table("kind").of("a", (1,), lambda: 1)
    second = Cache(first.pieces)
    assert is_new(second)
    assert second.pieces == [{}]


def test_a_row_that_does_not_last_is_made_each_time() -> None:
    """It is no reason to write the cache."""
    first = Cache()
    first.table("kind").of("a", (1,), lambda: None, lasts=lambda answer: answer is not None)
    assert not is_new(first)
    assert first.pieces == [{}]
    first.table("kind").of("a", (1,), lambda: 1, lasts=lambda answer: answer is not None)
    assert is_new(first)


def filled(earlier: Sequence[Piece], basis: Mapping[str, int]) -> Cache:
    """Return the cache of a run that asks for a row of each name, with its basis."""
    cache = Cache(earlier)
    for name, number in basis.items():
        cache.table(f"kind {number % 3}").of(name, (number,), partial(str, number))
    return cache


def test_a_changed_row_changes_one_piece() -> None:
    """Of thousands, one that is new, other or gone: the other pieces are the very same."""
    rows = {f"row {number}": number for number in range(5000)}
    first = filled((), rows).pieces
    assert len(first) == 16
    for changed in (
        {**rows, "row 17": 17 + 3 * 5000},
        {**rows, "new": 1},
        {name: number for name, number in rows.items() if number != 17},
    ):
        second = filled(first, changed).pieces
        assert sum(one is not other for one, other in zip(first, second, strict=True)) == 1
        assert not is_new(filled(second, changed))


def test_a_lost_piece_costs_its_rows_alone() -> None:
    """They are made again, and the rest is known."""
    rows = {f"row {number}": number for number in range(5000)}
    first = filled((), rows).pieces
    damaged = [{}, *first[1:]]
    second = filled(damaged, rows).pieces
    assert second == first
    assert all(one is other for one, other in zip(first[1:], second[1:], strict=True))


@given(lists(dictionaries(integers(0, 99).map(str), integers(0, 9), max_size=60), max_size=5))
def test_any_sequence_of_runs_knows_what_the_last_one_left(runs: list[dict[str, int]]) -> None:
    """However few or many rows there are, and however often that changes."""
    earlier: Sequence[Piece] = ()
    kinds = ("kind 0", "kind 1", "kind 2")
    with patch("distrorocks.system.files.cache._ROWS_OF_PIECE", 4):
        for run in runs:
            made = filled(earlier, run)
            earlier = made.pieces
            again = filled(earlier, run)
            assert not is_new(again)
            assert [again.table(it).rows for it in kinds] == [made.table(it).rows for it in kinds]
