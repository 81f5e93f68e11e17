"""A tree without a usable manifest is an empty tree, and why is said."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from distrorocks.rocks.tree_index import TreeIndex
from distrorocks.system.files.root_path import RootView
from distrorocks.system.trees.manifest_reader import ReadIndex, read_index
from distrorocks.trees.layout import distro_layout, tree_layout
from tests.system.trees.planting import MALLORY, as_user, by_root

LAYOUT = distro_layout("5.3")


def test_a_missing_manifest_is_silent(tmp_path: Path) -> None:
    """As for LuaRocks, a tree without a manifest has no rocks."""
    read = read_index(RootView(str(tmp_path)), LAYOUT)
    assert (read.contents.rocks, read.warnings) == ({}, ())


@pytest.mark.parametrize("text", ["", "repository = {", "modules = f()", "x = 1", "\x1bLua"])
def test_a_broken_manifest_is_a_warning(tmp_path: Path, text: str) -> None:
    """The warning names the file, and the tree is empty."""
    path = tmp_path / LAYOUT.manifest.lstrip("/")
    path.parent.mkdir(parents=True)
    path.write_text(text)
    read = read_index(RootView(str(tmp_path)), LAYOUT)
    assert not read.contents.rocks
    assert LAYOUT.manifest in read.warnings[0]
    assert read.warnings[0].endswith("treated as empty")


def test_a_stale_versioned_manifest_is_told(tmp_path: Path) -> None:
    """A ``manifest-5.3`` in a tree is what LuaRocks may read instead."""
    path = tmp_path / LAYOUT.manifest.lstrip("/")
    path.parent.mkdir(parents=True)
    path.write_text("commands = {}\nmodules = {}\nrepository = {}\n")
    Path(f"{path}-5.3").write_text("")
    assert "manifest-5.3" in read_index(RootView(str(tmp_path)), LAYOUT).warnings[0]


@by_root
@pytest.mark.parametrize("closed", ["", "/tree", "/tree/lib/luarocks"])
def test_a_tree_that_a_user_may_not_enter_is_not_taken_for_an_empty_one(closed: str) -> None:
    """The warning names the directory; for whoever may enter it there is none."""
    with tempfile.TemporaryDirectory() as top:
        layout = tree_layout(f"{top}/tree", "5.4")
        os.makedirs(os.path.dirname(layout.rocks_dir))
        os.chmod(f"{top}{closed}", 0o700)
        if closed:
            os.chmod(top, 0o755)  # noqa: S103 - for the other user

        def look() -> None:
            (warning,) = read_index(RootView("/"), layout).warnings
            assert warning.startswith(f"{top}{closed} cannot be entered by this user; the tree")

        as_user(MALLORY, look)
        assert read_index(RootView("/"), layout).warnings == ()


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("", True),
        ("x = 1", True),
        ("repository = {}", True),
        ("modules = {}", True),
        ("repository = {} modules = {}", False),
        ("repository = {", False),
        ("modules = f()", False),
    ],
)
def test_luarocks_fails_on_a_manifest_that_lacks_what_it_indexes(
    tmp_path: Path, text: str, stops: bool
) -> None:
    """One that is no Lua, or that it cannot run, it passes over; the rocks are unknown anyway."""
    path = tmp_path / LAYOUT.manifest.lstrip("/")
    path.parent.mkdir(parents=True)
    path.write_text(text)
    read = read_index(RootView(str(tmp_path)), LAYOUT)
    assert (read.stops_luarocks, read.is_read) == (stops, False)
    assert ("on which LuaRocks fails" in read.warnings[-1]) == stops


def test_a_tree_without_manifest_is_unread_if_it_has_rocks(tmp_path: Path) -> None:
    """A new one has none; where a manifest was lost, LuaRocks sees no rock and says nothing."""
    view = RootView(str(tmp_path))
    rock = tmp_path / LAYOUT.rocks_dir.lstrip("/") / "a/1.0-1"
    rock.mkdir(parents=True)
    assert read_index(view, LAYOUT) == ReadIndex(TreeIndex())
    (rock / "rock_manifest").write_text("rock_manifest = {}")
    read = read_index(view, LAYOUT)
    assert not read.is_read
    assert read.warnings == (
        f"{LAYOUT.rocks_dir} has rocks, but no manifest; the tree /usr is treated as empty",
    )
