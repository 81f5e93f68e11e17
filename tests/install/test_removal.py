"""What removing rocks comes to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from distrorocks.install.removal import NotInstalled, Removal, purge, purge_of_old, removal
from distrorocks.install.remove import advise
from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.rocks.dependency import Dependency
from distrorocks.rocks.version import Version
from tests.install.planned import needy
from tests.resolve.world import World

if TYPE_CHECKING:
    from distrorocks.world.site import Site

SIGHT = {root: frozenset({"/usr/local", "/home/me"}) for root in ("/usr/local", "/home/me")}


def removed(world: World, *words: str) -> Removal:
    """Return the removal of rocks from /usr/local."""
    wanted = [Dependency.parse(word) for word in words]
    return removal(wanted, "/usr/local", needy(world), SIGHT)


def test_all_versions_go_or_the_one_that_is_named() -> None:
    """Old before new; other trees keep theirs."""
    world = World().installed("a 2-1").installed("a 1-1").installed("a 1-1", tree="/home/me")
    assert [str(each) for each in removed(world, "a").rocks] == ["a 1-1", "a 2-1"]
    assert [str(each) for each in removed(world, "a == 2").rocks] == ["a 2-1"]
    assert {each.place for each in removed(world, "a").rocks} == {"/usr/local"}


def test_who_needs_goes_first() -> None:
    """A rock goes before what it needs, so that LuaRocks never meets a broken tree."""
    world = World().installed("b 1-1").installed("c 1-1", "b").installed("a 1-1", "c")
    assert [str(each) for each in removed(world, "b", "a", "c").rocks] == [
        "a 1-1",
        "c 1-1",
        "b 1-1",
    ]
    cycle = World().installed("a 1-1", "b").installed("b 1-1", "a")
    assert len(removed(cycle, "a", "b").rocks) == 2


def test_dependents_are_found_in_other_trees() -> None:
    """LuaRocks looks for them in the same tree only."""
    world = World().installed("b 1-1").installed("a 1-1", "b", tree="/home/me")
    (found,) = removed(world, "b").dependents
    assert (str(found.candidate), found.candidate.place) == ("a 1-1", "/home/me")
    assert removed(World().installed("b 1-1").installed("a 1-1", "b"), "b", "a").dependents == ()


def test_other_trees_that_have_the_rock_are_listed() -> None:
    """A rock that is not in the tree is an error with the trees that have it."""
    world = World().installed("b 1-1", tree="/home/me")
    with pytest.raises(NotInstalled, match="could not find rock 'b' in /usr/local") as caught:
        removed(world, "b")
    assert (caught.value.detail, caught.value.hint) == (
        "  b 1-1 is in /home/me",
        "select its tree: --tree=/home/me",
    )
    with pytest.raises(NotInstalled, match="'x 2'"):
        removed(world, "x 2")


@pytest.mark.parametrize(
    ("places", "hint"),
    [
        (["/usr"], "packages own it: apt remove lua-a"),
        (["/usr", "/home/me"], "select its tree: --tree=/home/me"),
        (["/opt"], "no package owns it: luarocks remove --lua-version=5.4 --tree=/opt a 1.0-1"),
        ([], "as it was"),
    ],
)
def test_a_tree_of_packages_is_not_advised(places: list[str], hint: str) -> None:
    """Since nothing is removed from it: the package is, or the rock of another tree."""
    version = Version.parse("1.0-1")
    missing = NotInstalled("not there", hint="as it was")
    missing.elsewhere = tuple(Candidate("a", version, Origin.INSTALLED, it) for it in places)
    owner = {"/usr": "lua-a"}
    here = SimpleNamespace(
        package_of=lambda each: owner.get(each.place, ""),
        remove_command="apt remove",
        installed=SimpleNamespace(lua_version="5.4"),
        trees=[
            SimpleNamespace(layout=SimpleNamespace(root=root), belongs_to_packages=True)
            for root in ("/usr", "/opt")
        ],
    )
    advise(cast("Site", here), missing)
    assert missing.hint == hint


def test_a_rock_that_is_not_there_is_named_with_what_other_trees_have() -> None:
    """Whoever asks about other Luas needs both."""
    world = World().installed("b 1-1", tree="/home/me").installed("b 2-1", tree="/home/me")
    with pytest.raises(NotInstalled) as caught:
        removed(world, "b")
    assert caught.value.name == "b"
    assert {str(each) for each in caught.value.elsewhere} == {"b 1-1", "b 2-1"}
    assert caught.value.detail.splitlines() == ["  b 1-1 is in /home/me", "  b 2-1 is in /home/me"]
    with pytest.raises(NotInstalled) as caught:
        removed(world, "x")
    assert (caught.value.name, caught.value.elsewhere, caught.value.detail) == ("x", (), "")
    assert caught.value.hint == "`distrorocks list` shows the installed rocks"


@pytest.mark.parametrize("is_forced", [False, True])
def test_a_purge_of_old_versions_leaves_the_newest_and_what_others_need(is_forced: bool) -> None:
    """By force, what others need goes too, and they are told of."""
    world = World().installed("b 1-1").installed("b 2-1").installed("b 10-1")
    world.installed("a 1-1", "b == 1").installed("b 3-1", tree="/home/me")
    found, spared = purge_of_old("/usr/local", needy(world), SIGHT, is_forced=is_forced)
    gone = [str(each) for each in found.rocks]
    assert gone == (["b 1-1", "b 2-1"] if is_forced else ["b 2-1"])
    assert [str(each.candidate) for each in spared] == ([] if is_forced else ["a 1-1"])
    assert [str(each.candidate) for each in found.dependents] == (["a 1-1"] if is_forced else [])


def test_what_several_words_mean_is_removed_once() -> None:
    """Each of them has to be there."""
    world = World().installed("a 1-1").installed("a 2-1")
    assert [str(each) for each in removed(world, "a", "a == 1").rocks] == ["a 1-1", "a 2-1"]
    with pytest.raises(NotInstalled, match="'a > 2'"):
        removed(world, "a", "a > 2")


def test_a_purge_takes_all_of_one_tree() -> None:
    """Who needs goes first; only rocks of other trees are left without what they need."""
    world = World().installed("b 1-1").installed("a 1-1", "b")
    world.installed("c 1-1", "b", tree="/home/me")
    found = purge("/usr/local", needy(world), SIGHT)
    assert [str(each) for each in found.rocks] == ["a 1-1", "b 1-1"]
    assert [str(each.candidate) for each in found.dependents] == ["c 1-1"]
    assert (found.target, found.lua_version) == ("/usr/local", "")
    assert purge("/opt", needy(world), SIGHT).rocks == ()
