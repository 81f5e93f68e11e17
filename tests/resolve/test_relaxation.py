"""Ways out of a conflict: single needs and pins without which there is an answer."""

from __future__ import annotations

from tests.resolve.test_proof import conflict
from tests.resolve.world import World


def texts(world: World, *roots: str, **pins: str) -> list[str]:
    """Return the ways out of a question's conflict."""
    return [each.text for each in conflict(world, *roots, **pins).relaxations]


def test_each_need_that_stands_in_the_way_is_a_way_out() -> None:
    """Roots first; each tells what would be chosen."""
    world = World().server("foo 1.0-1", "bar ~> 1").server("bar 1.0-1").server("bar 2.0-1")
    assert texts(world, "foo", "bar >= 2") == [
        "with any bar instead of 'bar >= 2', foo 1.0-1 and bar 1.0-1 can be chosen",
        "with any bar instead of 'bar ~> 1' of foo, foo 1.0-1 and bar 2.0-1 can be chosen",
    ]


def test_a_way_out_is_one_in_truth() -> None:
    """The question with that one need loosened has the rocks that are told."""
    world = World().server("foo 1.0-1", "bar").server("bar 1.0-1").server("bar 2.0-1")
    assert world.answer("foo", "bar >= 2") == ["bar 2.0-1", "foo 1.0-1"]


def test_what_nobody_has_can_only_be_left_out() -> None:
    """There is no other version of it."""
    assert texts(World().server("foo 1.0-1", "gone >= 1"), "foo") == [
        "without 'gone >= 1' of foo, foo 1.0-1 can be chosen"
    ]


def test_lua_cannot_be_another() -> None:
    """What is provided is left out of the need and of the answer."""
    world = World().provided("lua 5.4-1").server("foo 1.0-1", "lua < 5.4")
    assert texts(world, "foo") == ["without 'lua < 5.4' of foo, foo 1.0-1 can be chosen"]


def test_a_pin_is_a_way_out_before_all_others() -> None:
    """Pins are the user's own; the structured form names the pin."""
    world = World().server("foo 1.0-1", "bar").server("bar 1.0-1", "gone").server("bar 2.0-1")
    found = conflict(world, "foo", bar="1.0-1").relaxations
    assert found[0].text == "without bar in luarocks.lock, foo 1.0-1 and bar 2.0-1 can be chosen"
    assert (found[0].pin, found[0].need) == ("bar", None)
    assert found[1].requirer == "bar"


def test_two_obstacles_have_no_single_way_out() -> None:
    """Nothing is told that would not help."""
    assert texts(World().server("foo 1.0-1", "gone", "away"), "foo") == []


def test_no_more_than_four_are_told() -> None:
    """A long chain could be loosened anywhere."""
    world = World()
    for number in range(9):
        world.server(f"r{number} 1.0-1", f"r{number + 1} >= 1").server(f"r{number} 0.1-1")
    world.server("r9 0.1-1").server("r9 0.2-1")
    assert len(texts(world, *(f"r{number} >= 1" for number in range(9)))) <= 4
