"""What a rock needs stands before it, as far as cycles permit."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, strategies as st

from distrorocks.resolve.order import components, installation_order

NAMES = "abcdef"
pairs = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=14)


def test_needs_come_first() -> None:
    """A chain is installed from its end."""
    order = installation_order("abc", [("a", "b"), ("b", "c")])
    assert order.names == ("c", "b", "a")
    assert order.closing == ()


def test_a_cycle_stands_together_with_its_closing_pair() -> None:
    """Somebody in a cycle has to begin without what it needs; who that is is told."""
    order = installation_order("abcd", [("a", "b"), ("b", "a"), ("c", "a"), ("b", "d")])
    assert order.names == ("d", "b", "a", "c")
    assert order.closing == (("b", "a"),)


def test_a_long_chain_is_no_deep_recursion() -> None:
    """Length is limited by memory only."""
    names = [str(number) for number in range(20_000)]
    order = installation_order(names, pairwise(names))
    assert order.names[0] == "19999"


@given(pairs)
def test_only_closing_pairs_go_against_the_order(needs: list[tuple[str, str]]) -> None:
    """Every name stands once; every other pair is in order; the order of the input is nothing."""
    order = installation_order(NAMES, needs)
    assert sorted(order.names) == list(NAMES)
    place = {name: position for position, name in enumerate(order.names)}
    against = {(one, other) for one, other in needs if place[other] > place[one]}
    assert set(order.closing) == against
    assert order == installation_order(NAMES[::-1], needs[::-1])


@given(st.dictionaries(st.integers(0, 7), st.lists(st.integers(0, 7), max_size=4)))
def test_components_are_what_reaches_each_other(needed: dict[int, list[int]]) -> None:
    """Each name is in one set, with just those that it reaches and that reach it; needs first."""
    names = set(needed) | {each for needs in needed.values() for each in needs}
    reach = {name: {name} for name in names}
    for _ in names:
        for name in names:
            reach[name] |= {far for near in needed.get(name, ()) for far in reach[near]}
    found = list(components(needed))
    assert sorted(name for group in found for name in group) == sorted(names)
    before: set[int] = set()
    for group in found:
        for name in group:
            assert group == {each for each in reach[name] if name in reach[each]}
            assert reach[name] <= before | group
        before |= group
