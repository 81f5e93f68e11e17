"""The configuration's places, its own keys, and what a broken file does."""

from __future__ import annotations

import pytest

from distrorocks.config.configuration import (
    Circumstances,
    Configuration,
    Place,
    Places,
    joined,
)
from distrorocks.config.layers import Path
from distrorocks.errors import DistrorocksError
from distrorocks.lua.value import LuaTable

SYSTEM, USER, PROJECT = Place("/s", True), Place("/u", True), Place("/p", True)


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        (("/a", "b"), "/a/b"),
        (("/a/", "./b", "c/"), "/a/b/c"),
        (("/a//b",), "/a/b"),
        (("/a", "/b"), "/b"),
    ],
)
def test_parts_join_to_a_plain_path(parts: tuple[str, ...], path: str) -> None:
    """Without double slashes and dots; an absolute part replaces what precedes it."""
    assert joined(*parts) == path


def test_the_users_tree_is_below_home() -> None:
    """As in LuaRocks."""
    assert Circumstances("5.4", "/home/me/", {}).home_tree == "/home/me/.luarocks"


@pytest.mark.parametrize(
    ("places", "nearest"),
    [
        (Places(SYSTEM, USER, PROJECT), "/p"),
        (Places(SYSTEM, USER, PROJECT._replace(is_found=False)), "/u"),
        (Places(SYSTEM, USER), "/u"),
        (Places(SYSTEM, USER._replace(is_found=False)), "/s"),
        (Places(Place("/s"), Place("/u"), Place("/p")), "/s"),
    ],
)
def test_the_nearest_place_is_the_last_file_read(places: Places, nearest: str) -> None:
    """The system's path counts where no file was read."""
    assert places.nearest == nearest


def test_own_keys_are_those_that_files_set() -> None:
    """With effective values; defaults and the environment are no files."""
    origins: dict[Path, str] = {
        ("a",): "/s",
        ("b", "c"): "/u",
        ("d",): "default",
        ("e",): "/not/read",
    }
    table: LuaTable = {"a": 1, "b": {"c": 2}, "d": 3, "e": 4}
    found = Configuration(table, ("/s", "/u"), origins=origins)
    assert found.own == {"a": 1, "b": {"c": 2}}


def test_a_configuration_with_a_broken_file_is_not_sound() -> None:
    """Its first error is raised; without one the configuration itself is returned."""
    sound = Configuration({})
    assert sound.sound() is sound
    first, second = DistrorocksError("one"), DistrorocksError("two")
    with pytest.raises(DistrorocksError, match="one"):
        sound._replace(faults=(first, second)).sound()


def test_a_place_is_no_file_unless_it_is_given() -> None:
    """Nor is there a project."""
    assert Place() == ("", False)
    assert Places() == (Place(), Place(), None, "")
