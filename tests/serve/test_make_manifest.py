"""Manifests of trees and of servers' directories."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.lua.read import parse
from distrorocks.serve.folder.publish import server_directories
from distrorocks.serve.make_manifest import (
    make_server_manifests,
    make_tree_manifest,
)
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.trees.transaction import transact
from distrorocks.system.trees.tree_place import tree_place
from distrorocks.trees.change import PlaceFile
from distrorocks.trees.layout import Layout, tree_layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """Return the layout of a tree with one rock, ``foo``, which has a module and a command."""
    layout = tree_layout(str(tmp_path / "tree"), "5.4")
    directory = Path(layout.rock_dir("foo", "1.0-1"))
    directory.mkdir(parents=True)
    (directory / "rock_manifest").write_text(
        'rock_manifest = {bin={tool="0"}, lua={["foo.lua"]="0"}, ["foo-1.0-1.rockspec"]="0"}'
    )
    (directory / "foo-1.0-1.rockspec").write_text(
        'package="Foo" version="1.0-1" source={url="x"} build={} dependencies={"lua >= 5.1"}'
    )
    return layout


def server(tmp_path: Path, **rockspecs: str) -> Path:
    """Return a server's directory with rockspecs that have these dependencies."""
    directory = tmp_path / "server"
    directory.mkdir()
    for name, dependencies in rockspecs.items():
        (directory / f"{name}-1.0-1.rockspec").write_text(
            f'package="{name}" version="1.0-1" source={{url="x"}} build={{}} '
            f"dependencies={{{dependencies}}}"
        )
    return directory


def listed(directory: Path, manifest: str = "manifest") -> set[str]:
    """Return the rocks that a manifest lists."""
    repository = parse((directory / manifest).read_bytes()).globals["repository"]
    assert isinstance(repository, dict)
    return {str(name) for name in repository}


GOLDEN = b"""commands = {
   tool = {
      "foo/1.0-1"
   }
}
dependencies = {
   foo = {
      ["1.0-1"] = {
         {
            constraints = {
               {
                  op = ">=",
                  version = {
                     5, 1, string = "5.1"
                  }
               }
            },
            name = "lua"
         }
      }
   }
}
modules = {
   foo = {
      "foo/1.0-1"
   }
}
repository = {
   foo = {
      ["1.0-1"] = {
         {
            arch = "installed",
            commands = {
               tool = "tool"
            },
            dependencies = {},
            modules = {
               foo = "foo.lua"
            }
         }
      }
   }
}
"""


def test_a_tree_manifest_is_luarocks_own_text(layout: Layout) -> None:
    """The bytes are those that LuaRocks 3.8 writes for this tree."""
    make_tree_manifest(layout, lock_seconds=1)
    assert Path(layout.manifest).read_bytes() == GOLDEN


def test_a_second_run_writes_nothing(layout: Layout) -> None:
    """An equal manifest is left as it is."""
    assert make_tree_manifest(layout, lock_seconds=1).written == [layout.manifest]
    assert make_tree_manifest(layout, lock_seconds=1).written == []


def test_versioned_manifests_that_would_hide_it_are_removed(layout: Layout) -> None:
    """LuaRocks reads manifest-5.4 before manifest, so a stale one must not stay."""
    stale = Path(f"{layout.manifest}-5.4")
    stale.write_text("")
    assert make_tree_manifest(layout, lock_seconds=1).removed == [str(stale)]
    assert not stale.exists()


def test_a_broken_rock_is_reported_and_the_others_are_listed(layout: Layout) -> None:
    """luarocks-admin stops there and keeps the old manifest."""
    Path(layout.rock_dir("bar", "1-1")).mkdir(parents=True)
    made = make_tree_manifest(layout, lock_seconds=1)
    assert [unread.name for unread in made.unread] == ["bar"]
    assert Path(layout.manifest).read_bytes() == GOLDEN


def test_a_locked_tree_is_left(layout: Layout) -> None:
    """While LuaRocks works in the tree, its manifest is not written."""
    Path(layout.lock).symlink_to("lock")
    with pytest.raises(DistrorocksError, match="in use"):
        make_tree_manifest(layout, lock_seconds=0.1)
    assert not Path(layout.manifest).exists()


def test_a_tree_of_another_root_is_made_there(layout: Layout, tmp_path: Path) -> None:
    """Paths are those of the root, and a link in it leads nowhere outside."""
    inside = tree_layout("/tree", "5.4")
    made = make_tree_manifest(inside, root=str(tmp_path), lock_seconds=1)
    assert made.written == [layout.manifest]
    assert Path(layout.manifest).read_bytes() == GOLDEN


def test_no_tree_is_an_error(tmp_path: Path) -> None:
    """The words are LuaRocks' own."""
    with pytest.raises(DistrorocksError, match="Cannot access repository at"):
        make_tree_manifest(tree_layout(str(tmp_path / "no"), "5.4"), lock_seconds=1)
    with pytest.raises(DistrorocksError, match="Cannot access repository at"):
        make_server_manifests(str(tmp_path / "no"))


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: os.symlink("/dev/zero", path)])
def test_a_special_file_in_the_place_of_a_manifest_is_replaced(
    make: Callable[[Path], None], layout: Layout, tmp_path: Path
) -> None:
    """A FIFO, or a link to endless zeros, is not waited for: a file takes its place."""
    manifest = Path(layout.manifest)
    make(manifest)
    made = make_tree_manifest(layout, lock_seconds=1)
    assert made.written == [str(manifest)]
    assert manifest.read_bytes() == GOLDEN
    assert not manifest.is_symlink()
    directory = server(tmp_path, foo='"lua >= 5.1"')
    for name in ("manifest", "manifest-5.1", "manifest-5.4"):
        make(directory / name)
    make_server_manifests(str(directory))
    assert listed(directory) == listed(directory, "manifest-5.1") == {"foo"}


def test_a_folder_may_hold_a_server_for_each_lua_version(tmp_path: Path) -> None:
    """As ``pack`` makes it; beside rocks of the directory itself only those with rocks count."""
    for name in ("5.3", "5.4", "6.0", "other"):
        (tmp_path / name).mkdir()
    below = [f"{tmp_path}/{name}" for name in ("5.3", "5.4")]
    assert server_directories(str(tmp_path)) == below
    assert server_directories(below[0]) == [below[0]]
    (tmp_path / "foo-1.0-1.rockspec").write_text("")
    assert server_directories(str(tmp_path)) == [str(tmp_path)]
    (tmp_path / "5.4/foo-1.0-1.linux-x86_64.rock").write_text("")
    assert server_directories(str(tmp_path)) == [str(tmp_path), below[1]]
    assert server_directories(f"{tmp_path}/none") == [f"{tmp_path}/none"]


def half_changed(layout: Layout) -> Path:
    """Leave a tree as a run does that was killed when all but the manifest was in its place."""
    rock = Path(layout.rock_dir("bar", "1.0-1"), "rock_manifest")
    child = os.fork()
    if not child:
        try:
            monkeypatch = pytest.MonkeyPatch()
            original = Beneath.rename

            def rename(below: Beneath, old: str, new: str) -> None:
                if new == layout.manifest:
                    os._exit(9)
                original(below, old, new)

            monkeypatch.setattr(Beneath, "rename", rename)
            changes = [
                PlaceFile(str(rock), b"rock_manifest = {}", 0o644, "new"),
                PlaceFile(layout.manifest, b"", 0o644, "rocks changed"),
            ]
            transact(tree_place(layout), changes, observed={}, directory_mode=0o755)
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    return rock


def test_a_killed_run_is_undone_first(layout: Layout) -> None:
    """Its rocks would be listed, and gone when it is undone later; it is told."""
    rock = half_changed(layout)
    assert rock.exists()
    made = make_tree_manifest(layout, lock_seconds=1)
    assert "it is undone now" in made.recovered
    assert not rock.exists()
    assert listed(Path(layout.rocks_dir)) == {"foo"}
    assert make_tree_manifest(layout, lock_seconds=1).recovered == ""


def test_a_new_tree_that_a_killed_run_made_goes(tmp_path: Path) -> None:
    """There is nothing to write a manifest for then."""
    layout = tree_layout(str(tmp_path / "new"), "5.4")
    (tmp_path / "new").mkdir()
    half_changed(layout)
    made = make_tree_manifest(layout, lock_seconds=1)
    assert "it is undone now" in made.recovered
    assert (made.written, made.rocks) == ([], 0)
    assert not os.path.exists(layout.rocks_dir)


def test_a_half_changed_tree_of_another_root_is_left_alone(layout: Layout, tmp_path: Path) -> None:
    """Its journal names the paths of that root: the error says what to run there."""
    half_changed(layout)
    inside = tree_layout("/tree", "5.4")
    with pytest.raises(DistrorocksError, match="half changed; its journal is /tree/") as caught:
        make_tree_manifest(inside, root=str(tmp_path), lock_seconds=1)
    assert "install --recover --tree=/tree" in caught.value.hint
    assert not os.path.exists(layout.manifest)
