"""What is liked best, all else equal."""

from __future__ import annotations

import pytest

from distrorocks.resolve.candidate import Candidate, Origin
from distrorocks.resolve.preference import Preference
from distrorocks.rocks.version import Version
from tests.resolve.world import World

ALL = ["1.0-1 /usr/local", "1.1-1 lua-foo", "2.0-1 https://rocks.example", "0.9-1 /usr/local"]


def world() -> World:
    """Return a rock with a version in a tree, one in a package, and two on a server."""
    found = World().server("foo 2.0-1").server("foo 1.1-1").server("foo 1.0-1")
    return found.installed("foo 1.0-1").installed("foo 0.9-1").distro("foo 1.1-1")


@pytest.mark.parametrize(
    ("preference", "best"),
    [
        (Preference.INSTALLED, "1.0-1 /usr/local"),
        (Preference.DISTRO, "1.1-1 lua-foo"),
        (Preference.NEWEST, "2.0-1 https://rocks.example"),
        (Preference.OLDEST, "0.9-1 /usr/local"),
        (Preference.NAMED, "2.0-1 https://rocks.example"),
    ],
)
def test_each_preference_has_its_best(preference: Preference, best: str) -> None:
    """The kind of place counts first, or the version does."""
    chosen = world().solve("foo", preference=preference).chosen["foo"]
    assert f"{chosen.version} {chosen.place}" == best


@pytest.mark.parametrize("preference", Preference)
def test_a_need_outweighs_every_preference(preference: Preference) -> None:
    """A version that does not fit is not taken, however near it is."""
    assert world().answer("foo >= 2", preference=preference) == ["foo 2.0-1"]


def test_what_is_not_named_stays() -> None:
    """NAMED upgrades the rock that the user names, and no rock that it needs."""
    found = world().server("bar 1.0-1", "foo").installed("bar 0.5-1", "foo")
    chosen = found.solve("bar", preference=Preference.NAMED).chosen
    assert [str(chosen[name].version) for name in ("bar", "foo")] == ["1.0-1", "1.0-1"]
    newest = found.solve("bar", preference=Preference.NEWEST).chosen
    assert [str(newest[name].version) for name in ("bar", "foo")] == ["1.0-1", "2.0-1"]


def test_of_one_version_the_nearest_place_is_taken() -> None:
    """NEWEST downloads nothing that is there already."""
    near = World().server("foo 1.0-1").distro("foo 1.0-1").installed("foo 1.0-1")
    place = {p: near.solve("foo", preference=p).chosen["foo"].place for p in Preference}
    assert place == {
        Preference.INSTALLED: "/usr/local",
        Preference.NEWEST: "/usr/local",
        Preference.OLDEST: "/usr/local",
        Preference.NAMED: "/usr/local",
        Preference.DISTRO: "lua-foo",
    }


def test_places_of_one_kind_keep_the_order_of_the_index() -> None:
    """The first tree that is listed is the one that is taken."""
    trees = World().installed("foo 1.0-1", tree="/first").installed("foo 1.0-1", tree="/second")
    assert trees.solve("foo").chosen["foo"].place == "/first"


def test_what_lua_provides_is_liked_best_by_all() -> None:
    """A provided rock is never installed over."""
    found = World().provided("bit32 5.2-1").server("bit32 5.3-1").installed("bit32 5.3-1")
    for preference in Preference:
        assert found.answer("bit32", preference=preference) == ["bit32 5.2-1"]


def test_preferences_have_the_names_of_the_option() -> None:
    """``--prefer`` takes them."""
    names = [each.value for each in Preference]
    assert names == ["installed", "newest", "distro", "oldest", "named"]


def test_of_one_version_the_rock_without_namespace_is_preferred() -> None:
    """Then the namespaces by name, the last one first."""
    version = Version.parse("1.0-1")
    groups = [
        [Candidate("foo", version, Origin.SERVER, "s", namespace)] for namespace in (None, "a", "b")
    ]
    found = Preference.NEWEST.sorted(groups)
    assert [group[0].namespace for group in found] == ["a", "b", None]
