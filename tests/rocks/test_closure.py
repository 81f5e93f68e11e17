"""What a rock needs through others, as LuaRocks stores it in a tree's manifest."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from distrorocks.rocks.closure import ClosureError, Closures

CASES = {
    "a chain is followed to its end": (
        {("a", "1-1"): ["b"], ("b", "1-1"): ["c >= 1"], ("c", "1-1"): []},
        {"b": "1-1", "c": "1-1"},
    ),
    "what is not installed is left out": (
        {("a", "1-1"): ["b", "zip"], ("b", "1-1"): []},
        {"b": "1-1"},
    ),
    "what Lua itself provides is left out": (
        {("a", "1-1"): ["lua >= 5.1"], ("lua", "5-1"): []},
        {},
    ),
    "a cycle ends, and no rock needs itself": (
        {("a", "1-1"): ["b"], ("b", "1-1"): ["c"], ("c", "1-1"): ["a"]},
        {"b": "1-1", "c": "1-1"},
    ),
    "the greatest version that fits is taken": (
        {("a", "1-1"): ["b < 2"], ("b", "1.2-1"): [], ("b", "1.10-1"): [], ("b", "2-1"): []},
        {"b": "1.10-1"},
    ),
    "a version that does not fit is as if absent": (
        {("a", "1-1"): ["b > 1"], ("b", "1-1"): []},
        {},
    ),
    "of two versions of a rock the first met in the rockspecs' order stays": (
        {
            ("a", "1-1"): ["b", "c"],
            ("b", "1-1"): ["d < 2"],
            ("c", "1-1"): ["d"],
            ("d", "1-1"): [],
            ("d", "2-1"): [],
        },
        {"b": "1-1", "c": "1-1", "d": "1-1"},
    ),
}


def closures(needs: dict[tuple[str, str], list[str]], **more: object) -> Closures:
    """Return the closures of the rocks in ``needs``."""
    versions: dict[str, list[str]] = {}
    for name, version in needs:
        versions.setdefault(name, []).append(version)
    return Closures(versions, needs, provided=frozenset({"lua"}), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", CASES)
def test_the_closure(case: str) -> None:
    """Each case says in its name what is true of the closure of ``a``."""
    needs, expected = CASES[case]
    assert closures(needs).of(("a", "1-1")) == expected


def test_a_rock_without_a_rockspec_is_in_nobodys_closure() -> None:
    """LuaRocks does not record a rock whose rockspec it cannot load, nor what lies behind it."""
    found = Closures({"a": ["1-1"], "b": ["1-1"]}, {("a", "1-1"): ["b"]})
    assert found.of(("a", "1-1")) == {}


def test_a_dependency_with_a_namespace_takes_only_that_namespaces_rock() -> None:
    """`ns/b` asks for the b that was installed as ns/b; `b` takes any."""
    needs = {("a", "1-1"): ["ns/b"], ("c", "1-1"): ["b"], ("b", "1-1"): []}
    assert closures(needs).of(("a", "1-1")) == {}
    told = {("b", "1-1"): "ns"}
    assert closures(needs, namespaces=told).of(("a", "1-1")) == {"b": "1-1"}
    assert closures(needs, namespaces=told).of(("c", "1-1")) == {"b": "1-1"}


ROCK = st.sampled_from([(name, version) for name in "abcde" for version in ("1-1", "2-1")])
GRAPHS = st.dictionaries(ROCK, st.lists(st.sampled_from([*"abcde", "b < 2", "c > 1"]), max_size=3))


def walked(needs: dict[tuple[str, str], list[str]], rock: tuple[str, str]) -> dict[str, str]:
    """Return the closure by LuaRocks' own recursion, in the rockspecs' order."""
    found = closures(needs)
    results: dict[str, str] = {}

    def visit(name: str, version: str) -> None:
        if name in results or (name, version) not in needs:
            return
        results[name] = version
        for other in found.matched((name, version)):
            visit(*other)

    visit(*rock)
    results.pop(rock[0], None)
    return results


@settings(max_examples=200)
@given(GRAPHS)
def test_joined_closures_are_those_of_a_walk(needs: dict[tuple[str, str], list[str]]) -> None:
    """Sharing work between rocks, cycles and several versions included, changes no answer."""
    shared = closures(needs)
    for rock in needs:
        assert shared.of(rock) == walked(needs, rock)


def entries(size: int) -> int:
    """Return how many entries the closures have of rocks that need each other in a ring."""
    names = [(f"r{number}", "1-1") for number in range(size)]
    needs = {name: [names[number - 1][0]] for number, name in enumerate(names)}
    closures = Closures({name: {version} for name, version in names}, needs)
    return sum(len(closures.of(name)) for name in names)


def test_rocks_that_all_need_each_other_are_told() -> None:
    """A ring of 3,000 is a manifest of nine million entries, which nothing could read."""
    assert entries(900) == 900 * 899
    with pytest.raises(ClosureError, match="more than 1000000 entries"):
        entries(3000)
