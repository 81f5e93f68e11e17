"""Installed rocks are packed as they were before LuaRocks deployed them."""

from __future__ import annotations

import os
from hashlib import md5
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError, NegativeError
from distrorocks.lua.write import persist
from distrorocks.rocks.manifest import tree_manifest
from distrorocks.rocks.manifest_entry import InstalledRock, entry_of
from distrorocks.rocks.rock_manifest import RockManifest
from distrorocks.serve.pack.installed import find_rock, read_installed_rock
from distrorocks.system.files.root_path import RootView
from distrorocks.trees.layout import Layout, tree_layout
from distrorocks.trees.stack import Tree
from distrorocks.world.installed_tree import InstalledTree

ROCKSPEC = b'package = "my-rock" version = "1.0-1" source = { url = "x" } build = {}'
SCRIPT = b"#!/usr/bin/lua\nprint(1)\n"


def write(path: str, content: bytes) -> None:
    """Write a file with its directories."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(content)


def digests(files: dict[str, bytes]) -> dict[str, str]:
    """Return the MD5 of each file."""
    return {path: md5(content).hexdigest() for path, content in files.items()}


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """A tree with my-rock 1.0-1: a nested module, a library, a command behind its wrapper."""
    layout = tree_layout(str(tmp_path / "tree"), "5.4")
    directory = layout.rock_dir("my-rock", "1.0-1")
    manifest = RockManifest(
        digests({"a/b.lua": b"new"}),
        digests({"c.so": b"library"}),
        digests({"tool": SCRIPT}),
        digests({"my-rock-1.0-1.rockspec": ROCKSPEC, "doc/x.md": b"text"}),
    )
    write(f"{layout.lua_dir}/a/b.lua", b"new")
    write(f"{layout.lib_dir}/c.so", b"library")
    write(f"{layout.bin_dir}/tool", b'#!/bin/sh\nexec lua "$@"\n')
    write(f"{directory}/bin/tool", SCRIPT)
    write(f"{directory}/doc/x.md", b"text")
    write(f"{directory}/my-rock-1.0-1.rockspec", ROCKSPEC)
    write(f"{directory}/rock_manifest", persist(manifest.to_table()))
    return layout


def files(layout: Layout) -> dict[str, bytes]:
    """Return the files of the rock without its metadata."""
    found = dict(read_installed_rock(layout, "my-rock", "1.0-1", "/").rock.files)
    del found["rock_manifest"], found["my-rock-1.0-1.rockspec"]
    return found


EXPECTED = {"lua/a/b.lua": b"new", "lib/c.so": b"library", "bin/tool": SCRIPT, "doc/x.md": b"text"}


def test_deployed_files_come_back(layout: Layout) -> None:
    """Modules are where a rock has them, and the command is the original, not the wrapper."""
    assert files(layout) == EXPECTED


def test_the_file_of_another_version_is_not_taken(layout: Layout) -> None:
    """In directories too, where LuaRocks renames the first one."""
    write(f"{layout.lua_dir}/a/b.lua", b"of a newer version")
    write(f"{layout.lua_dir}/my_rock_1_0_1-a/b.lua", b"new")
    assert files(layout) == EXPECTED


def test_a_command_without_an_original_is_the_deployed_one(layout: Layout) -> None:
    """A package has no copy of it in the rock's directory."""
    os.unlink(f"{layout.rock_dir('my-rock', '1.0-1')}/bin/tool")
    write(f"{layout.bin_dir}/tool", SCRIPT)
    assert files(layout) == EXPECTED


def test_a_wrapper_is_never_packed(layout: Layout) -> None:
    """Without the original there is nothing to pack."""
    os.unlink(f"{layout.rock_dir('my-rock', '1.0-1')}/bin/tool")
    with pytest.raises(DistrorocksError, match="missing or changed: bin/tool"):
        files(layout)


def test_a_changed_file_is_told(layout: Layout) -> None:
    """The rock would not be what its rock_manifest says."""
    write(f"{layout.lib_dir}/c.so", b"edited")
    with pytest.raises(DistrorocksError, match=r"missing or changed: lib/c\.so"):
        files(layout)


def test_documents_may_be_gone(layout: Layout) -> None:
    """``--no-doc`` removes them, and the rock_manifest still lists them."""
    os.unlink(f"{layout.rock_dir('my-rock', '1.0-1')}/doc/x.md")
    assert "doc/x.md" not in files(layout)


def test_what_is_not_listed_is_left_out(layout: Layout) -> None:
    """Nobody would install such a rock; a warning names the file."""
    write(f"{layout.rock_dir('my-rock', '1.0-1')}/doc/x.md.orig", b"")
    taken = read_installed_rock(layout, "my-rock", "1.0-1", "/")
    assert "doc/x.md.orig" not in taken.rock.files
    assert taken.warnings == ("doc/x.md.orig is left out: its rock_manifest does not list it",)


def test_an_empty_rock_manifest_is_told(layout: Layout) -> None:
    """A protected rock of a package lists nothing; its package can be packed."""
    write(layout.rock_manifest("my-rock", "1.0-1"), b"rock_manifest = {}\n")
    with pytest.raises(DistrorocksError, match="lists no file") as caught:
        files(layout)
    assert "--all" in caught.value.hint


def test_a_rock_has_a_size(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its files together are bounded, before they are all in memory."""
    monkeypatch.setattr("distrorocks.serve.pack.rock.MOST_UNPACKED", 100)
    with pytest.raises(DistrorocksError, match="has more than 100 bytes"):
        files(layout)


def tree(tmp_path: Path, name: str, *versions: str) -> InstalledTree:
    """Return a tree whose manifest lists versions of a rock foo."""
    layout = tree_layout(str(tmp_path / name), "5.4")
    entries = [entry_of(InstalledRock("foo", version)) for version in versions]
    write(layout.manifest, tree_manifest(entries))
    return InstalledTree(RootView("/"), Tree(layout))


def test_the_newest_version_is_packed(tmp_path: Path) -> None:
    """Of equal versions that of the last tree, as in LuaRocks."""
    trees = [tree(tmp_path, "a", "1.10-1", "1.9-1"), tree(tmp_path, "b", "1.10-1")]
    found = find_rock(trees, "Foo", None)
    assert (str(found.version), found.layout.root) == ("1.10-1", str(tmp_path / "b"))
    assert str(find_rock(trees, "foo", "1.9").version) == "1.9-1"


def test_a_rock_that_is_not_there_is_told(tmp_path: Path) -> None:
    """It is a negative answer."""
    with pytest.raises(NegativeError, match="foo 3 is not an installed rock"):
        find_rock([tree(tmp_path, "a", "1-1")], "foo", "3")
