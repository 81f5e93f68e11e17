"""No path leaves its rock, and modules go where LuaRocks puts them."""

from __future__ import annotations

import posixpath

import pytest
from hypothesis import given, strategies as st

from distrorocks.install.build.rock_path import ModulePlace, inner_path, last_name, placed_path

PATHS = st.lists(st.sampled_from(["a", "b.c", "...", "..", ".", "", "\0", "-"]), max_size=6).map(
    "/".join
)


@pytest.mark.parametrize(
    ("module", "directory", "word"),
    [
        ("foo", "", "foo"),
        ("foo.bar", "foo/", "bar"),
        ("foo.bar.init", "foo/bar/", "init"),
        (".foo", "/", "foo"),
        ("foo.", "foo/", ""),
        ("a-b/c.d", "a-b/c/", "d"),
    ],
)
def test_a_module_has_a_directory_and_a_last_word(module: str, directory: str, word: str) -> None:
    """Each point but the last is a slash."""
    assert ModulePlace.of(module) == (directory, word)


@pytest.mark.parametrize(
    ("path", "inner", "placed"),
    [
        ("a/b", "a/b", "a/b"),
        ("/a//./b/", "a/b", "a/b"),
        ("", "", None),
        (".", "", None),
        ("/", "", None),
        ("..", None, None),
        ("a/..", None, None),
        ("a/../b", None, "b"),
        ("a/b/../../c", None, "c"),
        ("../a", None, None),
        ("a/../../a", None, None),
        ("...", "...", "..."),
        ("a..b", "a..b", "a..b"),
        ("a\0b", None, None),
    ],
)
def test_a_path_stays_in_its_directory(path: str, inner: str | None, placed: str | None) -> None:
    """One kind never goes up, the other goes up as far as it came down, and is never the top."""
    assert inner_path(path) == inner
    assert placed_path(path) == placed


@given(PATHS)
def test_a_path_that_stays_is_plain(path: str) -> None:
    """It is what the system finds there, with no empty part, and is the same when asked again."""
    for found, again in ((inner_path(path), inner_path), (placed_path(path), placed_path)):
        if found:
            assert found == posixpath.normpath(path).lstrip("/")
            assert not {"", ".", ".."} & set(found.split("/"))
            assert again(found) == found


@given(PATHS)
def test_the_stricter_kind_is_a_part_of_the_other(path: str) -> None:
    """Where a path never goes up, both are one, but for the directory itself."""
    inner = inner_path(path)
    if inner is not None:
        assert placed_path(path) == (inner or None)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a", "a"),
        ("a/b", "b"),
        ("a/b/", "b"),
        ("a/b//", "b"),
        ("a\\b", "b"),
        ("a/b\\", "b"),
        ("a\\b/c", "c"),
        ("", ""),
        ("/", ""),
    ],
)
def test_the_last_name_is_told_as_luarocks_does(path: str, name: str) -> None:
    """Both kinds of slashes divide, and those at the end do not count."""
    assert last_name(path) == name
