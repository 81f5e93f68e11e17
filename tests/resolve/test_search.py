"""The search: which bit of each name, so that no rule is broken, or the proof of none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

import pytest
from hypothesis import given, strategies as st

from distrorocks.errors import DistrorocksError
from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.resolve.incompatibility import Incompatibility, Unread
from distrorocks.resolve.preference import Limits, TooHard
from distrorocks.resolve.search import Impossible, Search
from distrorocks.rocks.version import Version

CAUSE = Unread("a", Candidate("a", Version.parse("1-1"), Origin.SERVER), DistrorocksError("no"))
EVERYTHING = 0b111
NAMES = ("a", "b", "c", "d")

Terms = dict[str, int]
terms = st.dictionaries(st.sampled_from(NAMES), st.integers(1, EVERYTHING - 1), max_size=3)


def search(
    start: Iterable[Terms],
    rules: Mapping[tuple[str, int], list[Terms]] | None = None,
    limit: Limits | None = None,
    first: Iterable[str] = (),
) -> dict[str, int]:
    """Return what is chosen under some rules; there are two versions of each name."""

    def of_version(name: str, bit: int) -> list[Incompatibility]:
        return [Incompatibility(each, CAUSE) for each in (rules or {}).get((name, bit), [])]

    found = Search(lambda _: EVERYTHING, of_version, limit or Limits(), first)
    return found.run([Incompatibility(each, CAUSE) for each in start], lambda: None)


def test_nothing_asked_is_nothing_chosen() -> None:
    """Rocks that nobody needs are left out."""
    assert search([]) == {}
    assert search([{"a": 0b110, "b": 0b001}]) == {}


def test_the_best_bit_is_chosen() -> None:
    """A name that must be there gets its highest bit, and what that needs comes with it."""
    needs = {("a", 0b100): [{"a": 0b100, "b": 0b101}]}
    assert search([{"a": 0b001}], needs) == {"a": 0b100, "b": 0b010}


def test_a_dead_end_is_left() -> None:
    """Where the best version cannot be, the next is taken."""
    needs = {("a", 0b100): [{"a": 0b100}]}
    assert search([{"a": 0b001}], needs) == {"a": 0b010}


def test_first_names_are_chosen_first() -> None:
    """Of two names that cannot both have their best, the first has it."""
    clash = [{"a": 0b001}, {"b": 0b001}, {"a": 0b100, "b": 0b100}]
    assert search(clash, first=["a", "b"]) == {"a": 0b100, "b": 0b010}
    assert search(clash, first=["b", "a"]) == {"a": 0b010, "b": 0b100}


def test_a_rule_without_terms_is_the_end() -> None:
    """What is impossible from the start is told as it came."""
    with pytest.raises(Impossible) as raised:
        search([{}])
    assert raised.value.rule.causes == ()


def test_a_proof_rests_on_the_rules_alone() -> None:
    """Every rule of a proof follows from its two causes."""
    with pytest.raises(Impossible) as raised:
        search([{"a": 0b001}, {"a": 0b110, "b": 0b001}, {"a": 0b010, "b": 0b110}, {"a": 0b100}])
    waiting = [raised.value.rule]
    while waiting:
        rule = waiting.pop()
        if rule.causes:
            assert implied(rule, rule.causes)
        waiting += rule.causes


def test_limits_count_dead_ends_and_steps() -> None:
    """A search that passes a limit is given up, and says after what."""
    clash = [{"a": 0b001}, {"b": 0b001}, {"a": 0b100, "b": 0b100}, {"a": 0b010, "b": 0b110}]
    with pytest.raises(TooHard, match="3 steps"):
        search(clash, limit=Limits(steps=3))
    with pytest.raises(TooHard, match="0 dead ends"):
        search(
            [{"a": 0b001}, {"a": 0b110, "b": 0b101}, {"a": 0b110, "b": 0b010}],
            limit=Limits(conflicts=0),
        )


def implied(rule: Incompatibility, causes: Iterable[Incompatibility]) -> bool:
    """Tell whether all states that a rule forbids are forbidden by its causes."""
    return all(
        any(forbids(cause.terms, state) for cause in causes)
        for state in states()
        if forbids(rule.terms, state)
    )


def states() -> Iterable[dict[str, int]]:
    """Yield all states of all names."""
    for each in product((1, 2, 4), repeat=len(NAMES)):
        yield dict(zip(NAMES, each, strict=True))


def forbids(rule: Terms, state: Mapping[str, int]) -> bool:
    """Tell whether all terms of a rule hold."""
    return all(state[name] & term for name, term in rule.items())


@given(st.lists(terms, max_size=12))
def test_the_search_finds_what_looking_at_all_states_finds(start: list[Terms]) -> None:
    """There is an answer just where some state breaks no rule, and it breaks none itself."""
    possible = [s for s in states() if not any(forbids(rule, s) for rule in start)]
    try:
        chosen = search(start)
    except Impossible:
        assert not possible
    else:
        assert {name: chosen.get(name, 1) for name in NAMES} in possible
