"""A tree without a usable manifest is an empty tree, and why is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.system.files.root_path import RootView
from distrorocks.system.trees.manifest_reader import read_index
from distrorocks.trees.layout import distro_layout

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
