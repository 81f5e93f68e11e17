"""Each kind of step has a verb, and says where its rock comes from and goes to."""

from __future__ import annotations

import pytest

from distrorocks.install.step import (
    InstallRock,
    KeepRock,
    RefuseRock,
    Requirement,
    RockStep,
    SuggestPackage,
    place,
    requirement,
    verb,
)
from distrorocks.resolve.candidate import Candidate, Need, Origin
from distrorocks.resolve.solution import Edge
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version

ROCK = Candidate("a", Version.parse("1-1"), Origin.SERVER, "/srv/rocks")


@pytest.mark.parametrize(
    ("step", "what", "where"),
    [
        (KeepRock(ROCK, "", (), "r"), "keep", "provided by Lua or the configuration"),
        (KeepRock(ROCK, "", (), "r", "lua-a"), "keep", "provided by Lua or the configuration"),
        (KeepRock(ROCK, "/usr", (), "r"), "keep", "/usr"),
        (KeepRock(ROCK, "/usr", (), "r", "lua-a"), "keep", "/usr (lua-a)"),
        (InstallRock(ROCK, "/opt", (), "r"), "install", "/srv/rocks -> /opt"),
        (RefuseRock(ROCK, "/usr", (), "r", "h"), "refuse", "/srv/rocks -> /usr"),
        (SuggestPackage(ROCK, (), "r", "apt install lua-a"), "suggest", "apt install lua-a"),
    ],
)
def test_a_step_has_a_verb_and_a_place(step: RockStep, what: str, where: str) -> None:
    """A package's command stands in the place of one; what is provided is nowhere."""
    assert (verb(step), place(step)) == (what, where)


def test_kinds_of_steps_are_never_equal() -> None:
    """Though their fields may be."""
    kept: RockStep = KeepRock(ROCK, "/t", (), "r")
    coming: RockStep = InstallRock(ROCK, "/t", (), "r")
    assert len({kept, coming}) == 2


@pytest.mark.parametrize(
    ("requirer", "text"), [("b", "'a >= 1' of b"), (None, "'a >= 1'"), ("", "'a >= 1'")]
)
def test_a_requirement_is_told_with_the_rock_that_has_it(requirer: str | None, text: str) -> None:
    """The user's has none; the place of the line stays with it."""
    need = Need(Dependency.parse("a >= 1"), "b-1-1.rockspec:8")
    found = requirement(Edge(requirer, "a", need))
    assert found == Requirement(requirer or "", "a >= 1", "b-1-1.rockspec:8")
    assert str(found) == text
