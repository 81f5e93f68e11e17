"""A proof is numbered steps: facts from the start on, and what follows from which."""

from __future__ import annotations

import pytest

from distrorocks.resolve.conflict import Conflict, Step
from tests.resolve.world import World


def conflict(world: World, *roots: str, **pins: str) -> Conflict:
    """Return the conflict that a question ends in."""
    with pytest.raises(Conflict) as raised:
        world.solve(*roots, pins=pins)
    return raised.value


def test_a_fact_that_is_enough_is_the_whole_proof() -> None:
    """A rock that nobody has needs no conclusion."""
    assert conflict(World(), "foo").steps == (
        Step("foo is requested, but no rock named foo is available"),
    )


def test_steps_name_the_steps_they_follow_from() -> None:
    """The story goes from what is asked to where it breaks; the last step is the brief."""
    world = (
        World().server("foo 1.0-1", "bar >= 2").server("bar 1.0-1").server("bar 2.0-1", "foo < 1")
    )
    found = conflict(world, "foo")
    assert found.steps == (
        Step("foo is requested"),
        Step("foo 1.0-1 needs bar >= 2 (foo-1.0-1.rockspec:8): that is 2.0-1"),
        Step("bar 2.0-1 needs foo < 1 (bar-2.0-1.rockspec:8), but the only foo is 1.0-1"),
        Step("foo cannot be satisfied", (1, 2, 3)),
    )
    assert found.brief == "foo cannot be satisfied"


def test_versions_that_need_the_same_are_one_step() -> None:
    """Every version, some versions, and where two of them say so."""
    world = World()
    for version in ("1.0-1", "1.1-1", "1.2-1"):
        world.server(f"foo {version}", "gone")
    (_, step, _) = conflict(world, "foo").steps
    assert step.text == (
        "every foo (1.0-1, 1.1-1 and 1.2-1) needs gone "
        "(foo-1.0-1.rockspec:8, foo-1.1-1.rockspec:8, 1 more), but no rock named gone is available"
    )


def test_what_does_not_matter_is_left_out() -> None:
    """Rocks and roots without which it is impossible too are in no step."""
    world = World().server("foo 1.0-1", "lpeg", "bar >= 2", "socket").server("bar 1.0-1")
    for rock in ("lpeg 1.0-1", "socket 3.0-1", "good 1.0-1"):
        world.server(rock)
    found = conflict(world, "good", "foo")
    assert found.brief == "foo cannot be satisfied"
    assert not any("lpeg" in step.text or "good" in step.text for step in found.steps)


def test_two_needs_that_no_version_fulfils_are_named() -> None:
    """The last step says of which rock, and which constraints."""
    world = World().server("foo 1.0-1", "bar >= 2").server("bar 1.0-1").server("bar 2.0-1")
    last = conflict(world, "foo", "bar < 2").steps[-1]
    assert last.text == "bar < 2 and foo cannot be satisfied together: no bar is both < 2 and >= 2"


def test_build_needs_are_told_as_such() -> None:
    """A need of building only says so."""
    steps = conflict(World().server("foo 1.0-1", "!make >= 4"), "foo").steps
    assert steps[1].text.startswith("foo 1.0-1 needs make >= 4 to be built (foo-1.0-1.rockspec:8)")


def test_many_roots_are_counted() -> None:
    """A brief names three at most."""
    world = World()
    for number in range(5):
        world.server(f"core {number}.0-1").server(f"r{number} 1.0-1", f"core ~> {number}")
    assert conflict(world, "r0", "r1").brief == "r0 and r1 cannot be satisfied together"
    world.server("base 1.0-1", "core ~> 0")
    found = conflict(world, *(f"r{number}" for number in range(5)))
    assert found.brief.count("r") >= 2
