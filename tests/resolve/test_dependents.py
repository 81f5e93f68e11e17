"""Who would lack something when rocks go."""

from __future__ import annotations

from hypothesis import given, strategies as st

from distrorocks.resolve.candidate import Candidate
from distrorocks.resolve.dependents import dependents, spared
from tests.install.planned import needy
from tests.resolve.world import World


def rock(world: World, name: str, number: int = 0) -> Candidate:
    """Return a candidate of a universe."""
    return world.listed[name][number]


def test_a_copy_in_another_tree_does() -> None:
    """Unlike for LuaRocks, the same version elsewhere fulfils the need."""
    world = World().installed("foo 1-1").installed("foo 1-1", tree="/usr").installed("a 1-1", "foo")
    assert dependents(needy(world), [rock(world, "foo")]) == []
    both = dependents(needy(world), world.listed["foo"])
    assert [str(each.candidate) for each in both] == ["a 1-1"]


def test_dependents_of_other_trees_count() -> None:
    """A rock in another tree lacks it just as well."""
    world = World().installed("foo 1-1").installed("a 1-1", "foo >= 1", tree="/home/me/.luarocks")
    (found,) = dependents(needy(world), [rock(world, "foo")])
    assert (found.candidate.place, str(found.need.dependency)) == ("/home/me/.luarocks", "foo >= 1")


def test_what_goes_too_needs_nothing() -> None:
    """A dependent that is removed with it is none."""
    world = World().installed("foo 1-1").installed("a 1-1", "foo")
    assert dependents(needy(world), [rock(world, "foo"), rock(world, "a")]) == []


def test_what_lacked_before_is_nobodys_fault() -> None:
    """A need that nothing fulfils now, or one of the build only, holds nobody back."""
    world = World().installed("foo 1-1").installed("a 1-1", "foo >= 2").installed("b 1-1", "!foo")
    assert dependents(needy(world), [rock(world, "foo")]) == []


VERSIONS = st.integers(1, 3)


@given(
    st.sets(VERSIONS, min_size=1),
    st.lists(st.tuples(st.sampled_from(["<", "<=", "==", ">="]), VERSIONS), max_size=4),
)
def test_sparing_is_enough_and_not_too_much(
    versions: set[int], needs: list[tuple[str, int]]
) -> None:
    """With the spared versions nobody lacks anything new; without any one of them somebody does."""
    world = World()
    for version in sorted(versions):
        world.installed(f"foo {version}.0-1")
    for number, (operator, version) in enumerate(needs):
        world.installed(f"n{number} 1-1", f"foo {operator} {version}.0-1")
    rocks, doomed = needy(world), world.listed["foo"]
    kept = spared(rocks, doomed)
    going = [each for each in doomed if each not in kept]
    assert dependents(rocks, going) == []
    assert all(kept[each].candidate.name.startswith("n") for each in kept)
    if not needs:
        assert kept == {}
