"""What the index said is asked once, and remembered."""

from __future__ import annotations

import pytest

from distrorocks.resolve.candidate import Origin
from distrorocks.resolve.catalogue import Catalogue, NewNamespace
from distrorocks.resolve.preference import Limits, Preference, TooHard
from distrorocks.rocks.version import Version
from tests.resolve.world import SERVER, World, root_need


def catalogue(world: World, limit: Limits | None = None, **pins: str) -> Catalogue:
    """Return a catalogue of a world."""
    parsed = {name: Version.parse(text) for name, text in pins.items()}
    return Catalogue(world, Preference.INSTALLED, parsed, limit or Limits())


def test_a_version_is_read_once() -> None:
    """The second question costs nothing, from a root that is apart either."""
    world = World().server("foo 1.0-1", "bar")
    found = catalogue(world)
    found.admitted(root_need("foo"))
    found.admitted(root_need("apart foo"))
    first = found.reading("foo", 0b10)
    assert found.reading("foo", 0b10) is first
    assert found.reading("foo@", 0b10).needs == first.needs
    assert (found.reads, len(world.read)) == (1, 1)


def test_what_is_provided_is_never_read() -> None:
    """Lua has no needs."""
    world = World().provided("lua 5.4-1")
    found = catalogue(world)
    assert found.reading("lua", 0b10).needs == ()
    assert (found.reads, world.read) == (0, [])


def test_build_needs_count_where_a_rock_is_built() -> None:
    """What a server has is built; what is installed or packaged is built already."""
    server = catalogue(World().server("foo 1.0-1", "!make", "bar"))
    tree = catalogue(World().installed("foo 1.0-1", "!make", "bar"))
    assert [n.dependency.name for n in server.reading("foo", 0b10).needs] == ["make", "bar"]
    assert [n.dependency.name for n in tree.reading("foo", 0b10).needs] == ["bar"]


def test_a_place_that_cannot_be_read_is_passed_over() -> None:
    """The next place of the same version is tried; the error is that of the nearest."""
    world = World().server("foo 1.0-1", "bar")
    near = world.add("foo 1.0-1", origin=Origin.INSTALLED, place="/usr/local")
    world.broken[near] = "it is torn"
    reading = catalogue(world).reading("foo", 0b10)
    assert reading.candidate.place == SERVER
    assert reading.error is None
    world.broken.update(dict.fromkeys(world.needs, "it is gone"))
    world.broken[near] = "it is torn"
    assert str(catalogue(world).reading("foo", 0b10).error) == "it is torn"


def test_a_namespace_that_is_met_late_is_an_event() -> None:
    """The sets made without it are void: the search has to begin again, once."""
    world = World().server("foo 1.0-1").server("jane/foo 2.0-1")
    found = catalogue(world)
    assert found.admitted(root_need("foo")) == 0b10
    with pytest.raises(NewNamespace):
        found.admitted(root_need("jane/foo"))
    assert found.admitted(root_need("jane/foo")) == 0b10
    assert found.admitted(root_need("foo")) == 0b110
    assert found.namespaces_met == 1


def test_a_place_that_a_namespace_brings_is_read() -> None:
    """A version whose only place was torn is usable when its namespace has it whole."""
    world = World().server("jane/foo 1.0-1")
    near = world.add("jane/foo 1.0-1", origin=Origin.INSTALLED, place="/usr/local")
    world.broken[near] = "it is torn"
    world.server("foo 0.9-1", "jane/foo")
    world.server("bar 1.0-1", "jane/foo")
    found = catalogue(world)
    assert found.reading("foo", 0b100).error
    with pytest.raises(NewNamespace):
        found.admitted(root_need("jane/foo"))
    assert not found.reading("foo", 0b100).error


def test_an_index_that_fails_leaves_a_reason() -> None:
    """No candidates, and why."""
    world = World()
    world.down["foo"] = "the server does not answer"
    versions = catalogue(world).version_set("foo")
    assert versions.versions == 0
    assert versions.error is not None
    assert versions.error.brief == "the server does not answer"


def test_an_index_is_told_once_what_comes() -> None:
    """No candidate is announced twice."""
    world = World()
    rock = world.add("foo 1.0-1", origin=Origin.SERVER, place=SERVER)
    found = catalogue(world)
    found.announce([rock])
    found.announce([rock])
    assert world.fetched == [rock]


def test_a_catalogue_without_a_pin_asks_nothing_anew() -> None:
    """It has the same answers, and the version that was pinned away."""
    world = World().server("foo 1.0-1").server("foo 2.0-1")
    pinned = catalogue(world, foo="1.0-1")
    assert pinned.version_set("foo").versions == 0b10
    pinned.reading("foo", 0b10)
    free = pinned.without_pin("foo")
    assert free.version_set("foo").versions == 0b110
    free.reading("foo", 0b10)
    assert len(world.read) == 1


def test_reads_and_comparisons_are_limited() -> None:
    """The one after the last is not made."""
    world = World().server("foo 1.0-1").server("foo 2.0-1")
    few = catalogue(world, Limits(reads=1))
    few.reading("foo", 0b10)
    with pytest.raises(TooHard, match="1 rocks"):
        few.reading("foo", 0b100)
    assert len(world.read) == 1
    with pytest.raises(TooHard, match="3 comparisons"):
        catalogue(world, Limits(comparisons=3)).admitted(root_need("foo >= 1, < 2"))


def test_what_rules_on_a_version_is_as_large_as_its_set() -> None:
    """Each version that is looked at counts a comparison for 64 others: memory has a bound."""
    world = World()
    for number in range(640):
        world.server(f"foo {number}.0-1")
    found = catalogue(world, Limits(comparisons=35))
    for place in range(1, 4):
        found.reading("foo", 1 << place)
    assert found.comparisons == 30
    found.reading("foo", 1 << 1)
    assert found.comparisons == 30
    with pytest.raises(TooHard, match="35 comparisons"):
        found.reading("foo", 1 << 4)
