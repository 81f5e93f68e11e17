"""Why a rock is there."""

from __future__ import annotations

from distrorocks.health.why import why
from tests.install.planned import needy
from tests.resolve.world import World

SIGHT = {
    "/usr": frozenset({"/usr"}),
    "/usr/local": frozenset({"/usr", "/usr/local"}),
    "/home/me": frozenset({"/home/me", "/usr", "/usr/local"}),
}


def mixed() -> World:
    """Return lpeg in two trees, and rocks that need it."""
    return (
        World()
        .installed("lpeg 1.0.2-1", tree="/usr")
        .installed("lpeg 0.12-1", tree="/usr/local")
        .installed("lxsh 0.8-1", "lpeg >= 1", tree="/usr/local")
        .installed("app 1.0-1", "lxsh", tree="/home/me")
        .installed("old 1.0-1", "lpeg < 1", tree="/usr/local")
        .installed("far 1.0-1", "lpeg > 2", tree="/home/me")
        .server("lpeg 1.1-1")
        .distro("lpeg 1.0.2-1")
    )


def test_who_needs_it_and_who_needs_those() -> None:
    """Each version with the rocks whose need it fulfils, up to those that nobody needs."""
    world = mixed()
    answer = why("lpeg", needy(world), SIGHT, world.listed["lpeg"])
    old, new = answer.reasons
    assert (str(old.candidate), [str(one.candidate) for one in old.required_by]) == (
        "lpeg 0.12-1",
        ["old 1.0-1"],
    )
    (lxsh,) = new.required_by
    assert (str(lxsh.candidate), str(lxsh.need.dependency)) == ("lxsh 0.8-1", "lpeg >= 1")
    assert [str(one.candidate) for one in lxsh.required_by] == ["app 1.0-1"]


def test_what_would_do_instead() -> None:
    """Other trees', servers' and packages' rocks that fulfil the same needs."""
    world = mixed()
    old, new = why("lpeg", needy(world), SIGHT, world.listed["lpeg"]).reasons
    assert [(str(one.version), one.place) for one in new.alternatives] == [
        ("1.1-1", "https://rocks.example"),
        ("1.0.2-1", "lua-lpeg"),
    ]
    assert old.alternatives == ()


def test_the_package_that_owns_a_rock_is_no_alternative_to_it() -> None:
    """It is that rock."""
    world = mixed()
    owned = {one: "lua-lpeg" for one in world.listed["lpeg"] if one.place == "/usr"}
    _, new = why("lpeg", needy(world), SIGHT, world.listed["lpeg"], owned).reasons
    assert [one.place for one in new.alternatives] == ["https://rocks.example"]


def test_who_lacks_it() -> None:
    """A dependency that no visible tree satisfies is reported; invisible trees do not count."""
    world = mixed()
    answer = why("lpeg", needy(world), SIGHT, world.listed["lpeg"])
    assert [str(one.candidate) for one in answer.unsatisfied] == ["far 1.0-1"]
    blind = {root: frozenset({root}) for root in SIGHT}
    answer = why("lpeg", needy(world), blind, [])
    assert [str(one.candidate) for one in answer.unsatisfied] == ["far 1.0-1", "lxsh 0.8-1"]


def test_a_cycle_ends() -> None:
    """Rocks that need each other are reported once each."""
    world = World().installed("a 1-1", "b").installed("b 1-1", "a")
    (reason,) = why("a", needy(world), {}, []).reasons
    (b,) = reason.required_by
    assert [str(one.candidate) for one in b.required_by] == ["a 1-1"]
    assert b.required_by[0].required_by == ()


def test_a_long_chain_is_reported() -> None:
    """Recursion ends before Python's does."""
    world = World().installed("r0 1-1")
    for number in range(1, 900):
        world.installed(f"r{number} 1-1", f"r{number - 1}")
    (reason,) = why("r0", needy(world), {}, []).reasons
    assert str(reason.required_by[0].candidate) == "r1 1-1"


def test_a_rock_is_no_alternative_to_itself() -> None:
    """Neither the package that it is from, nor a server's copy of what came from a server."""
    world = mixed()
    (of_package,) = [it for it in world.listed["lpeg"] if it.place == "/usr"]
    packages = {of_package: "lua-lpeg"}
    _, new = why("lpeg", needy(world), SIGHT, world.listed["lpeg"], packages).reasons
    assert [one.place for one in new.alternatives] == ["https://rocks.example"]
    world = World().installed("foo 1.0-1").installed("app 1-1", "foo").server("foo 1.0-1")
    (reason,) = why("foo", needy(world), {}, world.listed["foo"]).reasons
    assert reason.alternatives == ()


def test_what_dependents_do_not_see_is_no_alternative() -> None:
    """A tree or package counts only for rocks whose deps_mode looks there."""
    world = World().installed("foo 1.0-1").installed("app 1-1", "foo").distro("foo 1.2-1")
    world.installed("foo 1.1-1", tree="/usr")
    blind = {"/usr/local": frozenset({"/usr/local"})}
    for sight, count in ((blind, 0), (SIGHT, 2)):
        first = why("foo", needy(world), sight, world.listed["foo"]).reasons[0]
        assert len(first.alternatives) == count
