"""Rocks that the user names as files stand in for all others of their names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest

from distrorocks.install.plan_request import Request
from distrorocks.install.request import RockOperands
from distrorocks.install.request_index import RequestIndex, solved
from distrorocks.resolve.candidate import Candidate, Need, Origin
from distrorocks.resolve.conflict import Conflict
from distrorocks.resolve.preference import Preference
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.rockspec import Rockspec
from distrorocks.rocks.version import Version
from distrorocks.servers.local_rock import LocalRock
from distrorocks.trees.target import User, Wish
from distrorocks.world.candidates import World
from distrorocks.world.server_rocks import FoundRockspec
from distrorocks.world.site import SiteRequest
from tests.install.build.requests import rockspec
from tests.resolve.world import World as Universe

SITE = SiteRequest(User("/root", is_superuser=True), Wish(), "5.4")


class Observed(Universe):
    """A small universe that answers as the world of a machine does."""

    def __init__(self) -> None:
        super().__init__()
        self.settled: list[Candidate] = []
        self.servers = self

    def present(self, name: str, namespace: str | None) -> Sequence[Candidate]:
        """Return what is installed or provided."""
        found = super().candidates(name, namespace)
        self.asked.clear()
        return [each for each in found if each.origin is not Origin.SERVER]

    def settle(self, candidate: Candidate) -> None:
        """Note that a server's rock is looked at without its needs."""
        self.settled.append(candidate)

    def rockspec(self, candidate: Candidate) -> FoundRockspec:
        """Return the rockspec of a server's rock."""
        return FoundRockspec(_spec(candidate.name, candidate.version.string), b"", "")


def _spec(name: str, version: str) -> Rockspec:
    found = rockspec("{}")
    return found._replace(name=name, version=version)


def file(rock: str, *needs: str) -> LocalRock:
    """Return a rock in a file; ``!`` marks build needs."""
    name, version = rock.split()
    found = tuple(
        Need(Dependency.parse(each.lstrip("!")), "", is_build=each.startswith("!"))
        for each in needs
    )
    return LocalRock(f"/here/{name}.rock", b"", "all", _spec(name, version), found, True)


def index(world: Observed, *files: LocalRock, **more: Any) -> RequestIndex:
    """Return the index of a request that names files."""
    return RequestIndex(cast("World", world), {each.rockspec.name: each for each in files}, **more)


def told(candidates: Sequence[Candidate]) -> list[str]:
    """Return candidates as text."""
    return [f"{each} {each.origin.value}" for each in candidates]


def test_a_file_is_the_only_candidate_of_its_name() -> None:
    """Unless a namespace is asked for, of which a file is never; all other names are as ever."""
    world = Observed().installed("a 3-1").server("a 4-1").server("me/a 5-1").server("b 1-1")
    found = index(world, file("a 2-1"))
    (mine,) = found.candidates("a", None)
    assert mine == Candidate("a", Version.parse("2-1"), Origin.SERVER, "/here/a.rock")
    assert told(found.candidates("a", "me")) == ["me/a 5-1 server"]
    assert told(found.candidates("b", None)) == ["b 1-1 server"]
    assert found.file_of(mine) == file("a 2-1")
    others = (*found.candidates("a", "me"), *world.candidates("a", None))
    assert [found.file_of(each) for each in others] == [None] * 3


def test_only_what_is_here_counts_where_that_is_asked() -> None:
    """No server is, not even ahead of time."""
    world = Observed().installed("b 1-1").server("b 2-1").server("c 1-1")
    found = index(world, file("a 1-1"), is_present=True)
    assert told(found.candidates("b", None)) == ["b 1-1 installed"]
    assert told(found.candidates("c", None)) == []
    assert told(found.candidates("a", None)) == ["a 1-1 server"]
    found.prefetch(world.listed["c"])
    assert world.fetched == []
    assert world.asked == set()


def test_a_file_says_itself_what_it_needs() -> None:
    """Others are asked of the world; a rock that will not be built needs nothing to be built."""
    world = Observed().server("b 1-1", "c", "!d")
    found = index(world, file("a 1-1", "x", "!y"))
    out = index(world, file("a 1-1", "x", "!y"), left_out=["a", "b"])
    expected = {"a": (["x", "y"], ["x"]), "b": (["c", "d"], ["c"])}
    for name, (whole, without) in expected.items():
        (candidate,) = found.candidates(name, None)
        assert [str(each.dependency) for each in found.dependencies(candidate)] == whole
        assert [str(each.dependency) for each in out.dependencies(candidate)] == without


def test_without_needs_a_rock_has_none() -> None:
    """One of a server is looked at all the same, one in a file or in a tree is not."""
    world = Observed().server("b 1-1", "c").installed("d 1-1", "e")
    found = index(world, file("a 1-1", "x"), has_needs=False)
    for name in "abd":
        (candidate,) = found.candidates(name, None)
        assert found.dependencies(candidate) == ()
    assert world.settled == world.listed["b"]
    assert world.read == []
    found.prefetch(world.listed["b"])
    assert world.fetched == []


def test_only_rocks_of_servers_are_fetched_ahead() -> None:
    """A file is here already."""
    world = Observed().server("b 1-1").server("a 1-1")
    found = index(world, file("a 1-1"))
    found.prefetch([*found.candidates("a", None), *world.listed["b"], *world.listed["a"]])
    assert world.fetched == [*world.listed["b"], *world.listed["a"]]


def test_a_rockspec_is_that_of_the_file_or_of_the_server() -> None:
    """Whichever the rock is of."""
    world = Observed().server("a 1-1").server("b 2-1")
    found = index(world, file("a 1-1"))
    (mine,), (other,) = found.candidates("a", None), world.listed["a"]
    assert found.rockspec(mine) is found.files["a"][1].rockspec
    assert found.rockspec(other) is not found.files["a"][1].rockspec
    assert found.rockspec(world.listed["b"][0]).version == "2-1"


def solve(
    world: Observed,
    *roots: str,
    files: Sequence[LocalRock] = (),
    named: Sequence[str] = (),
    preference: Preference = Preference.INSTALLED,
) -> tuple[bool, list[str]]:
    """Return whether servers were left alone, and the rocks that are chosen."""
    request = Request(
        SITE,
        RockOperands(tuple(map(Dependency.parse, named)), (), ()),
        preference=preference,
    )
    needs = [Need(Dependency.parse(text)) for text in roots]
    by_name = {each.rockspec.name: each for each in files}
    found, solution = solved(needs, cast("World", world), by_name, request, {}, True, ())
    return found.is_present, told(list(solution.chosen.values()))


def machine() -> Observed:
    """Return a universe in which b is installed in an old version."""
    return Observed().installed("b 1-1").server("b 2-1").server("c 1-1")


@pytest.mark.parametrize(
    ("preference", "is_present", "other"),
    [
        (Preference.INSTALLED, True, "b 1-1 installed"),
        (Preference.NAMED, True, "b 1-1 installed"),
        (Preference.DISTRO, False, "b 1-1 installed"),
        (Preference.NEWEST, False, "b 2-1 server"),
        (Preference.OLDEST, False, "b 1-1 installed"),
    ],
)
def test_no_server_is_asked_where_files_and_what_is_here_are_enough(
    preference: Preference, is_present: bool, other: str
) -> None:
    """If what is installed is to be kept; else servers may have something to be preferred."""
    world = machine()
    found = solve(world, "a", files=[file("a 1-1", "b")], preference=preference)
    assert (found[0], sorted(found[1])) == (is_present, ["a 1-1 server", other])
    assert (("b", None) in world.asked) is not is_present


@pytest.mark.parametrize(
    ("files", "named", "roots", "chosen"),
    [
        ([file("a 1-1", "b > 1")], [], ["a"], ["a 1-1 server", "b 2-1 server"]),
        ([file("a 1-1", "b", "c")], [], ["a"], ["a 1-1 server", "b 1-1 installed", "c 1-1 server"]),
        ([file("a 1-1")], ["b"], ["a", "b"], ["a 1-1 server", "b 1-1 installed"]),
        ([], ["b"], ["b"], ["b 1-1 installed"]),
        ([], [], ["b"], ["b 1-1 installed"]),
    ],
)
def test_servers_are_asked_where_that_is_not_enough(
    files: list[LocalRock], named: list[str], roots: list[str], chosen: list[str]
) -> None:
    """Something is not here, or the user names a rock too, or no file at all."""
    is_present, found = solve(machine(), *roots, files=files, named=named)
    assert (is_present, sorted(found)) == (False, chosen)


def test_the_conflict_is_that_with_servers() -> None:
    """What nobody has is told of all places, not of this machine alone."""
    world = machine()
    with pytest.raises(Conflict) as caught:
        solve(world, "a", files=[file("a 1-1", "b > 2")])
    assert ("b", None) in world.asked
    assert any("2-1" in step.text for step in caught.value.steps)
