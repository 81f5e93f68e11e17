"""LuaRocks' greedy way, as it was seen to end, beside the resolver's."""

from __future__ import annotations

from random import Random

import pytest

from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.resolve.conflict import Conflict
from distrorocks.resolve.preference import Preference
from distrorocks.resolve.solver import resolve
from tests.resolve.greedy import Ending, Greedy
from tests.resolve.universes import question
from tests.resolve.world import World, root_need


def ending(world: World, *roots: str) -> tuple[Ending, list[str]]:
    """Return how LuaRocks ends, and the rocks that are in the tree then."""
    greedy = Greedy(world)
    how = greedy.install(map(root_need, roots))
    rocks = (each for versions in greedy.tree.values() for each in versions.values())
    return how, sorted(map(str, rocks))


def of_one_server(world: World) -> World:
    """Return what LuaRocks has a model of: each version on a server once, and what Lua provides."""
    for candidates in (*world.listed.values(), *world.spaced.values()):
        firsts: dict[object, Candidate] = {}
        for each in candidates:
            if each.origin in (Origin.SERVER, Origin.PROVIDED):
                firsts.setdefault((each.version, each.origin), each)
        candidates[:] = firsts.values()
    return world


def broken_parent() -> World:
    """Return the universe of LuaRocks' issue 647."""
    world = World().server("modc 1.0-1", "moda >= 2", "modb").server("modb 1.0-1", "moda < 2")
    return world.server("moda 1.0-1").server("moda 2.0-1")


def test_luarocks_breaks_the_parent_where_the_resolver_tells_the_conflict() -> None:
    """moda 2.0 is removed for moda 1.0 while modc waits for it; there is no sound set at all."""
    how, rocks = ending(broken_parent(), "modc")
    assert (how, rocks) == (Ending.BROKEN, ["moda 1.0-1", "modb 1.0-1", "modc 1.0-1"])
    with pytest.raises(Conflict):
        broken_parent().solve("modc")


def test_luarocks_keeps_two_versions_where_the_order_is_the_other() -> None:
    """modb is in the tree by then and protects moda 1.0."""
    world = World().server("modc 1.0-1", "modb", "moda >= 2").server("modb 1.0-1", "moda < 2")
    world.server("moda 1.0-1").server("moda 2.0-1")
    how, rocks = ending(world, "modc")
    assert how is Ending.SIDE_BY_SIDE
    assert rocks == ["moda 1.0-1", "moda 2.0-1", "modb 1.0-1", "modc 1.0-1"]


def test_luarocks_breaks_a_parent_that_had_an_answer() -> None:
    """The older modb would have done."""
    world = broken_parent().server("modb 0.9-1", "moda")
    assert ending(world, "modc")[0] is Ending.BROKEN
    assert world.answer("modc") == ["moda 2.0-1", "modb 0.9-1", "modc 1.0-1"]


def test_luarocks_builds_a_cycle_for_ever_where_the_resolver_ends() -> None:
    """Two rocks that need each other are one answer."""
    world = World().server("egg 1.0-1", "chicken").server("chicken 1.0-1", "egg")
    assert ending(world, "egg")[0] is Ending.LOOPS
    assert world.answer("egg") == ["chicken 1.0-1", "egg 1.0-1"]


def test_luarocks_fails_where_an_older_version_would_do() -> None:
    """The newest foo needs what nobody has; the one before does not."""
    world = World().server("foo 1.0-1").server("foo 1.1-1", "gone")
    assert ending(world, "foo")[0] is Ending.FAILS
    assert world.answer("foo") == ["foo 1.0-1"]


def test_where_luarocks_ends_well_the_resolver_does() -> None:
    """No random universe in which the greedy way is sound has no answer."""
    sound = 0
    for seed in range(1000):
        asked = question(Random(seed))  # noqa: S311 - chance is all that is asked of it
        world = of_one_server(asked.world)
        roots = [root for root in asked.roots if not root.is_apart]
        if Greedy(world).install(roots) is Ending.SOUND:
            sound += 1
            assert resolve(roots, world, preference=Preference.NEWEST).chosen
    assert sound > 50
