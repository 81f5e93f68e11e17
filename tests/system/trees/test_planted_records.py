"""A record of a snapshot that is not ours, or not of this tree, has no effect at all."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.install.carry_out import recover
from distrorocks.system.processes.process import started
from distrorocks.system.trees.restore import restore
from distrorocks.system.trees.snapshot import left_over, take
from distrorocks.system.trees.snapshot_record import FORMAT
from distrorocks.system.trees.tree_place import tree_place
from distrorocks.trees.layout import Layout, tree_layout
from tests.system.trees.planting import (
    MALLORY,
    NOBODY,
    RECORD,
    by_root,
    changed_record,
    make_hostile,
    outside,
    watched,
)
from tests.system.trees.test_snapshot import grow, made

pytestmark = by_root


class Plant(NamedTuple):
    """A tree that a killed run left half changed, the snapshot of it, and what is outside."""

    layout: Layout
    undo: str
    outside: Path

    @property
    def tree(self) -> Path:
        """The tree's root."""
        return Path(self.layout.root)


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    """A tree with a snapshot; its record acts on what is outside wherever it is believed."""
    tmp_path.chmod(0o755)
    layout = made(tmp_path / "tree")
    snapshot = take(layout)
    grow(tmp_path / "tree")
    undo = snapshot.directory
    found = Plant(layout, undo, outside(tmp_path))
    make_hostile(undo, found.outside)
    return found


def entered(plant: Plant, name: str, mode: int) -> Plant:
    """Add a file of this name to the record, with a copy that fits."""

    def add(document: dict[str, Any]) -> None:
        if FORMAT != 1:
            entry = ["lua", name, "file", mode, 0, 0, 0, 0, 0, 0, "e3b0c442" * 8]
            document["entries"].append(entry)

    changed_record(plant.undo, add)
    return plant


def absolute(plant: Plant) -> Plant:
    """An absolute path."""
    return entered(plant, str(plant.outside / "made"), 0o644)


def climbing(plant: Plant) -> Plant:
    """A path with ``..``."""
    return entered(plant, f"../../../../{plant.outside.name}/made", 0o644)


def set_user_id(plant: Plant) -> Plant:
    """A file with a set-user-id bit."""
    return entered(plant, "made", 0o4755)


def link_in_the_middle(plant: Plant) -> Plant:
    """A directory of the tree is a link now."""
    share = plant.tree / "share"
    shutil.rmtree(share)
    share.symlink_to(plant.outside)
    return plant


def linked_record(plant: Plant) -> Plant:
    """The record has another hard link."""
    os.link(f"{plant.undo}/{RECORD}", plant.tree / "other-name")
    return plant


def record_as_link(plant: Plant) -> Plant:
    """The record is a link."""
    os.rename(f"{plant.undo}/{RECORD}", plant.tree / "elsewhere")
    os.symlink(plant.tree / "elsewhere", f"{plant.undo}/{RECORD}")
    return plant


def directory_as_link(plant: Plant) -> Plant:
    """The directory of the snapshot is a link."""
    os.rename(plant.undo, plant.tree / "elsewhere")
    os.symlink(plant.tree / "elsewhere", plant.undo)
    return plant


def copied(plant: Plant) -> Plant:
    """The tree is a copy, made by root with all owners and modes."""
    copy = plant.tree.with_name("copy")
    subprocess.run(["cp", "-a", plant.tree, copy], check=True)
    layout = tree_layout(str(copy), "5.4")
    return plant._replace(layout=layout, undo=tree_place(layout).undo, outside=plant.tree.parent)


def copied_into_place(plant: Plant) -> Plant:
    """The tree is a copy that stands where the original was."""
    moved = plant.tree.with_name("moved")
    plant.tree.rename(moved)
    subprocess.run(["cp", "-a", moved, plant.tree], check=True)
    return plant


def moved(plant: Plant) -> Plant:
    """The tree has another path."""
    place = plant.tree.with_name("moved")
    plant.tree.rename(place)
    layout = tree_layout(str(place), "5.4")
    return plant._replace(layout=layout, undo=tree_place(layout).undo)


def foreign_owner(plant: Plant) -> Plant:
    """Another user made the directory and all in it."""
    given(plant.undo, MALLORY)
    return plant


def foreign_directory(plant: Plant) -> Plant:
    """Another user owns the directory, and not what is in it."""
    os.chown(plant.undo, MALLORY, MALLORY)
    return plant


def foreign_record(plant: Plant) -> Plant:
    """Another user made the record."""
    os.chown(f"{plant.undo}/{RECORD}", MALLORY, MALLORY)
    return plant


def nobody(plant: Plant) -> Plant:
    """A server of files gives what root makes to nobody."""
    given(plant.undo, NOBODY)
    return plant


def group_writable(plant: Plant) -> Plant:
    """A group can write the directory."""
    os.chown(plant.undo, 0, MALLORY)
    os.chmod(plant.undo, 0o770)  # noqa: S103 - that is the fault
    return plant


def sticky(plant: Plant) -> Plant:
    """The directory was made by another user in one like /tmp."""
    given(plant.undo, MALLORY)
    os.chmod(os.path.dirname(plant.undo), 0o1777)  # noqa: S103 - as /tmp has
    return plant


def another_user(plant: Plant) -> Plant:
    """The record says that another user wrote it."""
    changed_record(plant.undo, lambda document: document.update(user=MALLORY))
    return plant


def another_lua(plant: Plant) -> Plant:
    """The record is of the same tree for another Lua version."""
    changed_record(plant.undo, lambda document: document.update(lua_version="5.3"))
    return plant


def given(directory: str, user: int) -> None:
    """Give a directory and all in it to a user."""
    for path in [directory, *(f"{directory}/{name}" for name in os.listdir(directory))]:
        os.chown(path, user, user)


VARIANTS: list[Callable[[Plant], Plant]] = [
    absolute,
    climbing,
    link_in_the_middle,
    linked_record,
    record_as_link,
    directory_as_link,
    copied,
    copied_into_place,
    moved,
    foreign_owner,
    foreign_directory,
    foreign_record,
    group_writable,
    sticky,
    nobody,
    set_user_id,
    another_user,
    another_lua,
]


@pytest.mark.parametrize("is_undone", [True, False], ids=["undo", "keep"])
@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.__name__)
def test_a_planted_record_has_no_effect(
    plant: Plant, variant: Callable[[Plant], Plant], is_undone: bool
) -> None:
    """It is named and left alone, and nothing changes in the tree or outside of it."""
    plant = variant(plant)
    before = watched(plant.outside), watched(plant.tree)
    with pytest.raises(DistrorocksError) as caught:
        recover(plant.layout, is_undone=is_undone)
    assert without_lock(watched(plant.outside), watched(plant.tree)) == without_lock(*before)
    assert plant.undo in caught.value.brief
    assert "left alone" in caught.value.detail
    assert caught.value.hint
    with pytest.raises(DistrorocksError, match="snapshot"):
        left_over(plant.layout)


def without_lock(*found: dict[str, tuple[object, ...]]) -> list[dict[str, tuple[object, ...]]]:
    """Leave out the times of directories in which a lock was made and removed."""
    return [
        {path: (*what[:4], *what[5:]) if what[-1] is None else what for path, what in each.items()}
        for each in found
    ]


def test_a_link_of_another_user_is_no_way(plant: Plant) -> None:
    """It is not followed, whatever it is a link to; and root is told whose it is."""
    plant = link_in_the_middle(plant)
    os.lchown(plant.tree / "share", MALLORY, MALLORY)
    before = watched(plant.outside), watched(plant.tree)
    with pytest.raises(DistrorocksError, match="share cannot be entered: it is a link") as caught:
        left_over(plant.layout)
    assert plant.undo in caught.value.brief
    with pytest.raises(DistrorocksError, match=f"user {MALLORY} can write {plant.tree}/share"):
        recover(plant.layout, is_undone=True)
    assert (watched(plant.outside), watched(plant.tree)) == before


def test_a_moved_tree_can_be_moved_back(plant: Plant) -> None:
    """The error says where to, and there it is recovered."""
    elsewhere = moved(plant)
    with pytest.raises(DistrorocksError) as caught:
        recover(elsewhere.layout, is_undone=True)
    assert f"move the tree back to {plant.tree}" in caught.value.hint
    elsewhere.tree.rename(plant.tree)
    assert recover(plant.layout, is_undone=True)
    assert not (plant.tree / "bin/new").exists()


@pytest.fixture
def mounted(plant: Plant) -> Iterator[Plant]:
    """The plant with another file system where the modules were."""
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "mode=755", "none", plant.layout.lua_dir],
        check=False,
        capture_output=True,
    )
    if done.returncode:
        pytest.skip("nothing can be mounted here")
    Path(plant.layout.lua_dir, "theirs").write_text("precious")
    try:
        yield plant
    finally:
        subprocess.run(["umount", plant.layout.lua_dir], check=True)


@pytest.mark.parametrize("is_undone", [True, False], ids=["undo", "keep"])
def test_another_file_system_is_not_the_tree(mounted: Plant, is_undone: bool) -> None:
    """What is mounted over a directory of the tree since is not touched."""
    before = watched(mounted.outside), watched(mounted.tree)
    with pytest.raises(DistrorocksError, match="another device"):
        recover(mounted.layout, is_undone=is_undone)
    assert without_lock(watched(mounted.outside), watched(mounted.tree)) == without_lock(*before)


ENTRY = ["lua", "x", "link", 0o777, 0, 0, 0, 0, 1, 1, "target"]


def with_entry(**changes: object) -> Callable[[dict[str, Any]], None]:
    """Add an entry in which some fields are others."""
    names = [
        "top",
        "name",
        "kind",
        "mode",
        "owner",
        "group",
        "modified",
        "changed",
        "inode",
        "size",
        "said",
    ]

    def change(document: dict[str, Any]) -> None:
        document["entries"].append([changes.get(n, v) for n, v in zip(names, ENTRY, strict=True)])

    return change


def setting(**values: object) -> Callable[[dict[str, Any]], None]:
    """Set fields of the record."""
    return lambda document: document.update(values)


SHAPES: dict[str, Callable[[dict[str, Any]], None]] = {
    "format 1": setting(format=1),
    "format true": setting(format=True),
    "entries of a text": setting(entries="text"),
    "entries of nothing": setting(entries=[[]]),
    "entries of a number": setting(entries=[1]),
    "places of a text": setting(places=["abcd"]),
    "another top": with_entry(top="etc"),
    "a top of a number": with_entry(top=1),
    "another top itself": with_entry(top="etc", name="", kind="directory", said=""),
    "the directory above": with_entry(name=".."),
    "the directory itself": with_entry(name="."),
    "the root": with_entry(name="/"),
    "no plain name": with_entry(name="a//b"),
    "a dot": with_entry(name="./a"),
    "dots": with_entry(name="a/../b"),
    "a final slash": with_entry(name="a/"),
    "a NUL": with_entry(name="a\0b"),
    "no name at all": with_entry(name=None),
    "half a character": with_entry(name="\ud800"),
    "a snapshot": with_entry(name=".distrorocks-undo-5.4"),
    "no directory above": with_entry(name="nowhere/x"),
    "twice": lambda document: document["entries"].append(document["entries"][0]),
    "another kind": with_entry(kind="device"),
    "a link to nothing": with_entry(said=""),
    "a NUL in a link": with_entry(said="a\0b"),
    "no digest": with_entry(kind="file", said="../../x"),
    "a mode of set-user-id": with_entry(kind="file", mode=0o4755, said="0" * 64),
    "a mode of set-group-id": with_entry(kind="file", mode=0o2755, said="0" * 64),
    "a negative owner": with_entry(owner=-1),
    "a large owner": with_entry(owner=2**32 - 1),
    "a large time": with_entry(modified=2**63),
    "a broken time": with_entry(modified=0.5),
    "a true size": with_entry(size=True),
    "missing above the tree": setting(missing=[["lua", 4]]),
    "missing of no top": setting(missing=[["etc", 1]]),
    "missing by path": setting(missing=["/etc"]),
    "a negative process": setting(process=-1),
    "a user of text": setting(user="root"),
}


@pytest.mark.skipif(FORMAT == 1, reason="the shapes are of format 2")
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_record_of_another_shape_is_damaged(
    plant: Plant, shape: Callable[[dict[str, Any]], None]
) -> None:
    """Nothing of it is used."""
    changed_record(plant.undo, shape)
    before = watched(plant.outside), watched(plant.tree)
    with pytest.raises(DistrorocksError, match="is not a snapshot that this run may use"):
        recover(plant.layout, is_undone=True)
    assert without_lock(watched(plant.outside), watched(plant.tree)) == without_lock(*before)


@pytest.mark.parametrize(
    "text",
    [b"[" * 200_000, b'{"format":' * 100_000, b"1" * 5000, b"\xff", b"nul\0", b" " * (64 << 20)],
    ids=["lists", "tables", "a number", "no text", "a NUL", "too long"],
)
def test_a_record_that_no_parser_likes_is_damaged(plant: Plant, text: bytes) -> None:
    """Neither its depth nor its length is more than an error."""
    Path(plant.undo, RECORD).write_bytes(text + b" ")
    with pytest.raises(DistrorocksError):
        recover(plant.layout, is_undone=True)
    assert Path(plant.undo, RECORD).exists()


def test_a_copy_that_was_swapped_is_noticed(plant: Plant) -> None:
    """It is told which path cannot be put back; the others are."""
    if FORMAT == 1:
        pytest.fail("copies have no digest")
    document = json.loads(Path(plant.undo, RECORD).read_text())
    number = next(
        number for number, it in enumerate(document["entries"]) if it[:2] == ["bin", "foo"]
    )
    copy = Path(plant.undo, str(number))
    copy.write_text("#!/bin/xx")
    with pytest.raises(DistrorocksError, match="1 paths could not be restored") as caught:
        recover(plant.layout, is_undone=True)
    assert "bin/foo: its kept copy has changed" in caught.value.detail
    assert not (plant.tree / "bin/new").exists()


def test_a_record_of_another_boot_is_recovered(plant: Plant) -> None:
    """After a power cut devices have other numbers, and the process number may be anybody's."""
    if FORMAT == 1:
        pytest.fail("a record does not tell its boot")

    def restarted(document: dict[str, Any]) -> None:
        document["boot"] = "00000000-0000-0000-0000-000000000000"
        document["process"] = os.getppid()
        document["began"] = started(os.getppid())
        for each in document["places"]:
            each[2] += 7

    changed_record(plant.undo, restarted)
    assert recover(plant.layout, is_undone=True)
    assert not os.path.exists(plant.undo)
    assert not (plant.tree / "bin/new").exists()


def test_set_id_bits_do_not_come_back(tmp_path: Path) -> None:
    """A set-user-id command that a run replaces is put back without the bit."""
    layout = made(tmp_path)
    command = tmp_path / "bin/foo"
    command.chmod(0o4755)
    snapshot = take(layout)
    command.unlink()
    command.write_text("another")
    make_hostile(snapshot.directory, tmp_path)
    assert recover(layout, is_undone=True)
    assert command.read_text() == "#!/bin/sh"
    assert command.stat().st_mode & 0o7777 == 0o755


def test_a_directory_gains_no_set_id_bit(tmp_path: Path) -> None:
    """What it has lost since does not come back; its other bits do."""
    layout = made(tmp_path)
    directory = tmp_path / "share/lua/5.4/bar"
    directory.chmod(0o2750)
    snapshot = take(layout)
    directory.chmod(0o700)
    restore(snapshot)
    assert directory.stat().st_mode & 0o7777 == 0o750


def test_a_run_uses_its_own_snapshot_only(plant: Plant) -> None:
    """Another directory that takes the place of the one it made is told, and left alone."""
    snapshot = left_over(plant.layout)
    assert snapshot
    os.rename(plant.undo, plant.tree / "aside")
    subprocess.run(["cp", "-a", plant.tree / "aside", plant.undo], check=True)
    before = watched(plant.tree)
    with pytest.raises(DistrorocksError, match="is another directory than the one it is of"):
        restore(snapshot)
    assert watched(plant.tree) == before
