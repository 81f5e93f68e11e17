"""Rocks are built in layers: each after all that it needs."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, strategies as st

from distrorocks.install.produce import layers
from distrorocks.resolve.candidate import Need
from distrorocks.resolve.solution import Edge
from distrorocks.rocks.dependency import Dependency

NAMES = ("a", "b", "c", "d", "e")


def edges(*pairs: str) -> list[Edge]:
    """Return an edge for each ``ab``: a requires b."""
    return [Edge(pair[0], pair[1], Need(Dependency.parse(pair[1]))) for pair in pairs]


def test_what_needs_nothing_of_the_others_is_built_side_by_side() -> None:
    """Rocks that are not in the plan, and a rock's need of itself, do not count."""
    found = layers("abcd", edges("ab", "ac", "bd", "cd", "bx", "dd"))
    assert found == [frozenset("d"), frozenset("bc"), frozenset("a")]


def test_a_cycle_is_cut_at_its_first_rock() -> None:
    """Else nothing could be built."""
    assert layers("abc", edges("ab", "ba", "cb")) == [{"a"}, {"b"}, {"c"}]


@given(st.lists(st.sampled_from([f"{x}{y}" for x in NAMES for y in NAMES if x > y])))
def test_no_layer_needs_a_later_one(pairs: list[str]) -> None:
    """Without cycles each rock has all its needs in earlier layers, and each is built once."""
    found = layers(NAMES, edges(*pairs))
    place = {name: number for number, layer in enumerate(found) for name in layer}
    assert sorted(name for layer in found for name in layer) == list(NAMES)
    assert all(place[pair[0]] > place[pair[1]] for pair in pairs)
    assert all(one and other for one, other in pairwise(found))
