"""Needs become the best set of rocks that fulfils them."""

from __future__ import annotations

from random import Random

import pytest

from distrorocks.resolve.conflict import Conflict
from distrorocks.resolve.preference import Preference
from tests.resolve.judged import judged
from tests.resolve.universes import question
from tests.resolve.world import World

NEWEST = Preference.NEWEST


def chosen(world: World, *roots: str, **pins: str) -> dict[str, str]:
    """Return the chosen rocks by slot, the newest preferred."""
    solution = world.solve(*roots, preference=NEWEST, pins=pins)
    return {slot: str(each) for slot, each in solution.chosen.items()}


@pytest.mark.parametrize("part", range(4))
def test_a_sat_solver_agrees_on_random_universes(part: int) -> None:
    """No false answer, no false conflict, no root and no set that could be liked better.

    ``python -m integration.corpus.resolver_fuzz`` tries as many as one has time for.
    """
    for seed in range(part * 500, (part + 1) * 500):
        asked = question(Random(seed))  # noqa: S311 - chance is all that is asked of it
        assert not judged(asked).faults, f"universe {seed}"


def test_the_first_root_has_its_best_version() -> None:
    """Of two roots that cannot both be new, the one that is requested first is."""
    world = World()
    for version in ("1.0-1", "2.0-1"):
        world.server(f"foo {version}", f"shared ~> {version[0]}").server(f"shared {version}")
    world.server("bar 1.0-1", "shared ~> 2").server("bar 2.0-1", "shared ~> 1")
    assert chosen(world, "foo", "bar")["foo"] == "foo 2.0-1"
    assert chosen(world, "bar", "foo")["bar"] == "bar 2.0-1"


def test_what_nobody_needs_is_not_chosen() -> None:
    """A newer foo with fewer needs leaves no trace of the older one's."""
    world = World().server("foo 1.0-1", "old").server("foo 2.0-1").server("old 1.0-1")
    assert chosen(world, "foo") == {"foo": "foo 2.0-1"}


def test_one_version_serves_all_needs() -> None:
    """Both ranges hold for the one shared rock, whichever order they are met in (issue 647)."""
    world = World().server("app 1.0-1", "lib >= 1", "plugin").server("plugin 1.0-1", "lib < 2")
    for version in ("1.0-1", "1.5-1", "2.0-1"):
        world.server(f"lib {version}")
    assert chosen(world, "app")["lib"] == "lib 1.5-1"


def test_a_cycle_is_an_answer() -> None:
    """Two rocks that need one another are chosen, and the closing need is told."""
    world = World().server("egg 1.0-1", "chicken").server("chicken 1.0-1", "egg")
    solution = world.solve("egg")
    assert list(solution.chosen) == ["chicken", "egg"]
    assert len(solution.order().closing) == 1


def test_only_what_would_be_chosen_is_read() -> None:
    """Older versions of a rock are not asked for their needs."""
    world = World()
    for minor in range(9):
        world.server(f"foo 1.{minor}-1", "bar").server(f"bar 1.{minor}-1")
    chosen(world, "foo")
    assert [str(each) for each in world.read] == ["foo 1.8-1", "bar 1.8-1"]
    assert [str(each) for each in world.fetched] == ["foo 1.8-1", "bar 1.8-1"]


def test_an_installed_rock_is_kept_where_it_fits() -> None:
    """By default nothing is upgraded that need not be."""
    world = World().installed("lib 1.0-1").server("lib 2.0-1").server("foo 1.0-1", "lib")
    assert world.answer("foo") == ["foo 1.0-1", "lib 1.0-1"]
    assert world.answer("foo", preference=NEWEST) == ["foo 1.0-1", "lib 2.0-1"]


def test_a_pin_decides_against_a_constraint() -> None:
    """The version of the lock file is taken, and the need that it breaks is told."""
    world = World().server("foo 1.0-1", "bar >= 2").server("bar 1.0-1").server("bar 2.0-1")
    solution = world.solve("foo", pins={"bar": "1.0-1"})
    assert str(solution.chosen["bar"]) == "bar 1.0-1"
    assert [str(edge.need.dependency) for edge in solution.overridden()] == ["bar >= 2"]


def test_a_pin_of_what_is_provided_is_nothing() -> None:
    """LuaRocks 3.8 pins Lua itself; the Lua there is stays."""
    world = World().provided("lua 5.4-1").server("foo 1.0-1", "lua >= 5.1")
    assert chosen(world, "foo", lua="5.1-1")["lua"] == "lua 5.4-1"


def test_a_rock_of_a_namespace_serves_needs_of_its_plain_name() -> None:
    """Where something asks for jane/foo, jane's foo is foo."""
    world = World().server("app 1.0-1", "jane/foo", "bar").server("bar 1.0-1", "foo >= 2")
    world.server("foo 1.0-1").server("jane/foo 2.0-1")
    assert chosen(world, "app")["foo"] == "jane/foo 2.0-1"


def test_a_rock_of_a_namespace_is_never_slipped_in() -> None:
    """Where nothing that is chosen asks for jane's foo, it does not stand in for foo."""
    world = World().server("app 1.0-1", "foo >= 2").server("app 2.0-1", "jane/foo", "gone")
    world.server("foo 1.0-1").server("jane/foo 2.0-1")
    with pytest.raises(Conflict):
        world.solve("app")


def test_the_same_question_has_the_same_answer() -> None:
    """Whatever order the index lists its candidates in."""
    for seed in range(200):
        asked = question(Random(seed))  # noqa: S311 - chance is all that is asked of it
        first = judged(asked).answer
        for candidates in asked.world.listed.values():
            candidates.sort(key=lambda each: each.place)
        turned = question(Random(seed))  # noqa: S311
        for listed in turned.world.listed.values():
            listed.sort(key=lambda each: each.place)
            listed.sort(key=lambda each: each.version, reverse=True)
        again = judged(asked).answer
        other = judged(turned).answer
        assert type(first) is type(again) is type(other)
        assert str(again) == str(other)


def two_of_foo() -> World:
    """Return a rock of two versions that need different versions of another."""
    world = World().server("foo 1.0-1", "bar").server("foo 2.0-1", "bar")
    return world.server("bar 1.0-1", "foo >= 1").server("app 1.0-1", "foo >= 2")


def test_versions_stand_side_by_side_on_request_only() -> None:
    """A root that is apart has a version of its own; what others need is the ordinary one."""
    assert chosen(two_of_foo(), "app", "apart foo == 1.0") == {
        "app": "app 1.0-1",
        "bar": "bar 1.0-1",
        "foo": "foo 2.0-1",
        "foo@1.0": "foo 1.0-1",
    }
    with pytest.raises(Conflict):
        two_of_foo().solve("app", "foo == 1.0")


def test_any_number_of_versions_may_be_apart() -> None:
    """Each has its slot; the ordinary foo is there as bar needs it."""
    found = chosen(two_of_foo(), "apart foo == 1.0", "apart foo == 2.0")
    assert found == {
        "bar": "bar 1.0-1",
        "foo": "foo 2.0-1",
        "foo@1.0": "foo 1.0-1",
        "foo@2.0": "foo 2.0-1",
    }


def test_a_version_apart_shares_what_it_needs() -> None:
    """There is one bar for both versions of foo, or none at all."""
    world = World().server("foo 1.0-1", "bar < 2").server("foo 2.0-1", "bar >= 2")
    world.server("bar 1.0-1").server("bar 2.0-1")
    with pytest.raises(Conflict):
        world.solve("foo >= 2", "apart foo == 1.0")


def test_pins_say_nothing_of_what_is_apart() -> None:
    """The lock file fixes the version that others need."""
    world = World().server("foo 1.0-1").server("foo 2.0-1")
    assert chosen(world, "foo", "apart foo == 1.0", foo="2.0-1") == {
        "foo": "foo 2.0-1",
        "foo@1.0": "foo 1.0-1",
    }


def test_what_is_apart_stands_in_the_order_too() -> None:
    """It is installed after what it needs."""
    names = two_of_foo().solve("app", "apart foo == 1.0").order().names
    assert names.index("bar") < names.index("foo@1.0")
