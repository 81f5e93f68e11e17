"""A tree that was kept is put back to the byte, whatever happened to it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings, strategies as st

from distrorocks.system.processes.process import started
from distrorocks.system.trees.made_directories import made_directories
from distrorocks.system.trees.restore import restore
from distrorocks.system.trees.snapshot import left_over, take
from distrorocks.system.trees.snapshot_record import SnapshotError
from distrorocks.system.trees.tree_place import tree_place
from distrorocks.trees.layout import Layout, tree_layout

FILES = {
    "lib/luarocks/rocks-5.4/manifest": "index",
    "lib/luarocks/rocks-5.4/foo/1.0-1/rock_manifest": "list",
    "lib/luarocks/rocks-5.4/foo/1.0-1/bin/foo": "the command",
    "share/lua/5.4/foo.lua": "return 1",
    "share/lua/5.4/bar/init.lua": "return 2",
    "lib/lua/5.4/foo.so": "ELF",
    "bin/foo": "#!/bin/sh",
    "bin/other": "of another program",
    "share/lua/5.3/foo.lua": "of another Lua",
}


def made(root: Path) -> Layout:
    """Make a tree and return its layout."""
    for path, text in FILES.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        os.utime(place, (1_500_000_000, 1_500_000_000))
    (root / "share/lua/5.4/link.lua").symlink_to("foo.lua")
    (root / "bin/foo").chmod(0o755)
    (root / "share/lua/5.4/bar").chmod(0o750)
    return tree_layout(str(root), "5.4")


def state(root: Path) -> dict[str, tuple[object, ...]]:
    """Return every path with its mode, its time unless it is above the tree, and its content."""
    found: dict[str, tuple[object, ...]] = {}
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        content: object = None
        if path.is_symlink():
            content = os.readlink(path)
        elif path.is_file():
            content = path.read_bytes()
        name = str(path.relative_to(root))
        is_above = name in ("lib", "lib/luarocks", "share", "share/lua", "lib/lua")
        found[name] = status.st_mode, None if is_above else status.st_mtime_ns, content
    return found


def grow(root: Path) -> None:
    """Deploy as LuaRocks does: a new rock, a moved file, a new command, a new index."""
    rocks = root / "lib/luarocks/rocks-5.4"
    (rocks / "new/1.0-1/bin").mkdir(parents=True)
    (rocks / "new/1.0-1/bin/new").write_text("x")
    (root / "bin/new").write_text("x")
    (root / "bin/foo").rename(root / "bin/foo~")
    (root / "bin/foo").write_text("another")
    (rocks / "manifest.tmp").write_text("new index")
    (rocks / "manifest.tmp").rename(rocks / "manifest")
    (root / "share/lua/5.4/bar/init.lua").rename(root / "share/lua/5.4/foo_1_0_1-bar.lua")
    (root / "share/lua/5.4/bar").rmdir()


def spoil(root: Path) -> None:
    """Write into files in place, and keep their size and time."""
    for path in ("share/lua/5.4/foo.lua", "lib/luarocks/rocks-5.4/manifest"):
        place = root / path
        before = place.stat()
        place.write_text("?" * before.st_size)
        os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))


def turn(root: Path) -> None:
    """Make files of directories and links of files."""
    (root / "share/lua/5.4/foo.lua").unlink()
    (root / "share/lua/5.4/foo.lua").mkdir()
    shutil.rmtree(root / "share/lua/5.4/bar")
    (root / "share/lua/5.4/bar").write_text("")
    (root / "share/lua/5.4/link.lua").unlink()
    (root / "share/lua/5.4/link.lua").write_text("")
    (root / "lib/lua/5.4/foo.so").chmod(0o600)


@pytest.mark.parametrize("change", [grow, spoil, turn])
def test_a_tree_comes_back(tmp_path: Path, change: Callable[[Path], None]) -> None:
    """Content, links, modes and times are as before, and nothing of the snapshot stays."""
    layout = made(tmp_path)
    before = state(tmp_path)
    snapshot = take(layout)
    change(tmp_path)
    assert state(tmp_path) != before
    restore(snapshot)
    assert state(tmp_path) == before


def test_a_lost_tree_comes_back(tmp_path: Path) -> None:
    """All that the snapshot covers may be gone."""
    layout = made(tmp_path)
    before = state(tmp_path)
    snapshot = take(layout)
    for path in ("lib/luarocks/rocks-5.4", "lib/lua", "share/lua/5.4"):
        shutil.rmtree(tmp_path / path)
    (tmp_path / "bin/foo").unlink()
    (tmp_path / "lib/lua").mkdir()
    restore(snapshot)
    assert state(tmp_path) == before


def test_directories_above_the_tops_come_back(tmp_path: Path) -> None:
    """LuaRocks removes what gets empty, up to the root; each has its mode again."""
    layout = made(tmp_path)
    shutil.rmtree(tmp_path / "share/lua/5.3")
    above = {"share": 0o700, "share/lua": 0o711, "lib": 0o750, "lib/lua": 0o705}
    for path, mode in above.items():
        (tmp_path / path).chmod(mode)
    before = state(tmp_path)
    take(layout)
    shutil.rmtree(tmp_path / "share")
    shutil.rmtree(tmp_path / "lib/lua")
    umask = os.umask(0o077)
    try:
        snapshot = left_over(layout)
        assert snapshot is not None
        restore(snapshot)
    finally:
        os.umask(umask)
    assert state(tmp_path) == before


def test_what_luarocks_tries_a_directory_with_goes(tmp_path: Path) -> None:
    """A LuaRocks that is killed at its trial leaves an empty file, in the root and beside us."""
    snapshot = take(made(tmp_path))
    before = state(tmp_path)
    for path in (".", "bin", "share/lua/5.4", "lib", "lib/luarocks", "lib/luarocks/rocks-5.4"):
        (tmp_path / path / ".tmpluarockstestwritable").touch()
    restore(snapshot)
    left = [path for path in state(tmp_path) if "testwritable" in path]
    assert left == []
    assert before.keys() - state(tmp_path).keys() == {
        path for path in before if ".distrorocks-undo" in path
    }


def test_a_tree_that_was_not_there_goes(tmp_path: Path) -> None:
    """Not even the directories above it stay."""
    root = tmp_path / "a/b"
    layout = tree_layout(str(root), "5.4")
    with made_directories(str(root)):
        snapshot = take(layout)
        for path, text in FILES.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        shutil.rmtree(root / "share/lua/5.3")
        (root / "bin/other").unlink()
        restore(snapshot)
    assert list(tmp_path.iterdir()) == []


def test_commands_of_others_stay(tmp_path: Path) -> None:
    """What another program installs meanwhile among the commands is not LuaRocks'."""
    snapshot = take(made(tmp_path))
    grow(tmp_path)
    (tmp_path / "bin/pip-made").write_text("y")
    (tmp_path / "bin/new_1_0_1-new").write_text("a command that lost its name")
    restore(snapshot)
    assert sorted(os.listdir(tmp_path / "bin")) == ["foo", "other", "pip-made"]


def test_a_wrapper_whose_rock_is_gone_goes(tmp_path: Path) -> None:
    """LuaRocks that fails may remove a rock, and forget its command."""
    snapshot = take(made(tmp_path))
    rock = tmp_path / "lib/luarocks/rocks-5.4/gone/1-1"
    (tmp_path / "bin/gone").write_text(f"exec lua '{rock}/bin/gone' \"$@\"\n")
    (tmp_path / "bin/pip-made").write_text("exec lua '/elsewhere/bin/gone'")
    restore(snapshot)
    assert sorted(os.listdir(tmp_path / "bin")) == ["foo", "other", "pip-made"]


def test_restoring_can_be_stopped_and_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill in the middle of it loses nothing: the next one finishes."""
    layout = made(tmp_path)
    before = state(tmp_path)
    snapshot = take(layout)
    grow(tmp_path)
    turn_back = os.rename
    calls = []

    def rename(source: str, target: str, **directories: int) -> None:
        calls.append(target)
        if len(calls) == 3:
            raise KeyboardInterrupt
        turn_back(source, target, **directories)

    monkeypatch.setattr(os, "rename", rename)
    with pytest.raises(KeyboardInterrupt):
        restore(snapshot)
    monkeypatch.setattr(os, "rename", turn_back)
    again = left_over(layout)
    assert again == snapshot
    assert again is not None
    restore(again)
    left = state(tmp_path)
    assert {path: what for path, what in left.items() if ".distrorocks-" not in path} == before


def test_a_large_file_is_linked_and_writing_into_it_is_told(tmp_path: Path) -> None:
    """What could not be copied and was written into is named, and the snapshot stays."""
    layout = made(tmp_path)
    large = tmp_path / "bin/large"
    large.write_bytes(bytes(2 << 20))
    snapshot = take(layout)
    large.write_bytes(bytes(3 << 20))
    with pytest.raises(SnapshotError, match="1 paths could not be restored") as caught:
        restore(snapshot)
    assert "bin/large: it was overwritten" in caught.value.detail
    assert os.path.isdir(snapshot.directory)
    large.unlink()
    large.write_bytes(b"")


def test_a_large_file_that_moves_comes_back_as_itself(tmp_path: Path) -> None:
    """The same inode stands at its place again."""
    layout = made(tmp_path)
    large = tmp_path / "bin/large"
    large.write_bytes(bytes(2 << 20))
    inode = large.stat().st_ino
    snapshot = take(layout)
    large.rename(tmp_path / "bin/large~")
    restore(snapshot)
    assert (large.stat().st_ino, large.stat().st_nlink) == (inode, 1)
    assert not (tmp_path / "bin/large~").exists()


def test_a_snapshot_without_record_is_nothing(tmp_path: Path) -> None:
    """It was killed before anything was done to the tree, and goes."""
    layout = made(tmp_path)
    snapshot = take(layout)
    os.unlink(f"{snapshot.directory}/record.json")
    assert left_over(layout) is None
    assert not os.path.exists(tree_place(layout).undo)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 2}', '{"format": 1}'])
def test_a_damaged_record_stops(tmp_path: Path, text: str) -> None:
    """Nothing is guessed from it, and it is left for a person to look at."""
    layout = made(tmp_path)
    snapshot = take(layout)
    Path(snapshot.directory, "record.json").write_text(text)
    with pytest.raises(SnapshotError):
        left_over(layout)
    assert os.path.isdir(snapshot.directory)


def test_a_living_run_is_not_recovered(tmp_path: Path) -> None:
    """Another process that still works on the tree is waited for."""
    layout = made(tmp_path)
    snapshot = take(layout)
    parent = os.getppid()
    record = json.loads(Path(snapshot.directory, "record.json").read_text())
    record |= {"process": parent, "began": started(parent)}
    Path(snapshot.directory, "record.json").write_text(json.dumps(record))
    with pytest.raises(SnapshotError, match="is working"):
        left_over(layout)
    record["began"] = "1"
    Path(snapshot.directory, "record.json").write_text(json.dumps(record))
    assert left_over(layout) is not None


PATHS = st.sampled_from([path for path in FILES if "5.3" not in path and "other" not in path])
ACTS = st.lists(st.tuples(st.sampled_from(["write", "move", "drop", "new"]), PATHS), max_size=12)


@settings(max_examples=40)
@given(ACTS)
def test_whatever_is_done_is_undone(acts: list[tuple[str, str]]) -> None:
    """Any writing, moving, removing and adding in the tree is taken back.

    Among commands that holds for what was there before: other programs install there too.
    """
    with TemporaryDirectory() as folder:
        root = Path(folder)
        layout = made(root)
        before = state(root)
        snapshot = take(layout)
        foreign: set[str] = set()
        for number, (act, path) in enumerate(acts):
            place = root / path
            if act == "new" and not path.startswith("bin/"):
                (place.parent / f"new{number}").mkdir(parents=True, exist_ok=True)
                (place.parent / f"new{number}/x").write_text("x")
            elif act == "write" and place.parent.is_dir():
                if path.startswith("bin/") and not place.exists():
                    foreign.add(path)
                place.write_text(f"{number}")
            elif act == "move" and place.exists() and path not in foreign:
                place.rename(place.parent / f"moved{number}")
            elif act == "drop" and place.exists():
                place.unlink()
                foreign.discard(path)
        restore(snapshot)
        assert state(root) == before
