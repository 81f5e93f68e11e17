"""A journal that is not ours, or not of this tree, has no effect at all."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.install.deploy.deploy import recover
from distrorocks.system.trees.journal import journal_path
from distrorocks.system.trees.tree_place import tree_place
from distrorocks.trees.layout import Layout, tree_layout
from tests.system.trees.planting import (
    MALLORY,
    NOBODY,
    by_root,
    killed_in_the_middle,
    made,
    outside,
    plant_journal,
    watched,
)

pytestmark = by_root


class Plant(NamedTuple):
    """A tree that a killed run left half changed, its journal, and what is outside."""

    layout: Layout
    journal: Path
    outside: Path

    @property
    def tree(self) -> Path:
        """The tree's root."""
        return Path(self.layout.root)


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    """A tree with the journal of a killed run."""
    tmp_path.chmod(0o755)
    layout = made(tmp_path / "tree")
    return Plant(layout, killed_in_the_middle(layout), outside(tmp_path))


def changed(plant: Plant, change: Callable[[dict[str, Any]], None]) -> Plant:
    """Change the journal in place."""
    document = json.loads(plant.journal.read_text())
    change(document)
    plant.journal.write_text(json.dumps(document))
    return plant


def absolute(plant: Plant) -> Plant:
    """All paths are outside."""
    plant_journal(plant.layout, plant.outside)
    return plant


def climbing(plant: Plant) -> Plant:
    """A path with ``..``, which ends outside."""

    def climb(document: dict[str, Any]) -> None:
        document["steps"][0][0] = f"{plant.layout.lua_dir}/../../../../outside/foo.lua"

    return changed(plant, climb)


def kept_elsewhere(plant: Plant) -> Plant:
    """The former file is to come from outside."""

    def lead(document: dict[str, Any]) -> None:
        document["steps"][1][2] = str(plant.outside / "foo.lua")

    return changed(plant, lead)


def emptied_elsewhere(plant: Plant) -> Plant:
    """A directory outside is to go."""
    return changed(plant, lambda document: document.update(emptied=[str(plant.outside / "empty")]))


def link_in_the_middle(plant: Plant) -> Plant:
    """A directory of the tree is a link of root now, so the journal is of other places."""
    share = plant.tree / "share"
    share.rename(plant.tree / "former")
    share.symlink_to(plant.outside)
    return plant


def journal_as_link(plant: Plant) -> Plant:
    """The journal is a link."""
    plant.journal.rename(plant.tree / "elsewhere")
    plant.journal.symlink_to(plant.tree / "elsewhere")
    return plant


def journal_as_directory(plant: Plant) -> Plant:
    """The journal is a directory."""
    plant.journal.unlink()
    plant.journal.mkdir()
    return plant


def journal_as_fifo(plant: Plant) -> Plant:
    """The journal is a FIFO, which nobody writes to."""
    plant.journal.unlink()
    os.mkfifo(plant.journal)
    return plant


def too_large(plant: Plant) -> Plant:
    """The journal is larger than any."""
    os.truncate(plant.journal, 65 << 20)
    return plant


def copied(plant: Plant) -> Plant:
    """The tree is a copy, made by root with all owners and modes."""
    copy = plant.tree.with_name("copy")
    subprocess.run(["cp", "-a", plant.tree, copy], check=True)
    return at(copy, plant.tree.parent)


def moved(plant: Plant) -> Plant:
    """The tree has another path."""
    place = plant.tree.with_name("moved")
    plant.tree.rename(place)
    return at(place, plant.outside)


def at(tree: Path, beside: Path) -> Plant:
    """Return the plant for a tree that stands elsewhere."""
    layout = tree_layout(str(tree), "5.4")
    return Plant(layout, Path(journal_path(tree_place(layout))), beside)


def foreign(plant: Plant) -> Plant:
    """Another user owns the journal."""
    os.chown(plant.journal, MALLORY, MALLORY)
    return plant


def nobody(plant: Plant) -> Plant:
    """A server of files gives what root makes to nobody."""
    os.chown(plant.journal, NOBODY, NOBODY)
    return plant


def group_writable(plant: Plant) -> Plant:
    """A group can write the journal."""
    os.chown(plant.journal, 0, MALLORY)
    plant.journal.chmod(0o660)
    return plant


def foreign_undo(plant: Plant) -> Plant:
    """Another user owns the journal of an undo."""
    undo = plant.journal.with_name(f"{plant.journal.name}.undo")
    plant.journal.rename(undo)
    os.chown(undo, MALLORY, MALLORY)
    return plant._replace(journal=undo)


def another_lua(plant: Plant) -> Plant:
    """The journal is of the same tree for another Lua version."""
    layout = tree_layout(plant.layout.root, "5.3")
    journal = Path(journal_path(tree_place(layout)))
    plant.journal.rename(journal)
    return plant._replace(layout=layout, journal=journal)


VARIANTS: list[Callable[[Plant], Plant]] = [
    absolute,
    climbing,
    kept_elsewhere,
    emptied_elsewhere,
    link_in_the_middle,
    journal_as_link,
    journal_as_directory,
    journal_as_fifo,
    too_large,
    copied,
    moved,
    foreign,
    nobody,
    group_writable,
    foreign_undo,
    another_lua,
]


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.__name__)
def test_a_planted_journal_has_no_effect(plant: Plant, variant: Callable[[Plant], Plant]) -> None:
    """It is named and left alone, and nothing changes in the tree or outside of it."""
    plant = variant(plant)
    before = watched(plant.outside), watched(plant.tree)
    with pytest.raises(DistrorocksError) as caught:
        recover(plant.layout)
    assert without_lock(watched(plant.outside), watched(plant.tree)) == without_lock(*before)
    assert str(plant.journal) in caught.value.brief
    assert caught.value.hint


def without_lock(*found: dict[str, tuple[object, ...]]) -> list[dict[str, tuple[object, ...]]]:
    """Leave out the times of directories in which a lock was made and removed."""
    return [
        {path: (*what[:4], *what[5:]) if what[-1] is None else what for path, what in each.items()}
        for each in found
    ]


def test_the_journal_that_the_variants_are_made_of_is_undone(plant: Plant) -> None:
    """Nothing but the variation is what makes it refused; and it acts in the tree alone."""
    before = watched(plant.outside)
    assert recover(plant.layout)
    assert not plant.journal.exists()
    assert not (plant.tree / "bin/new").exists()
    assert Path(plant.layout.lua_dir, "foo.lua").read_text() == "return 1"
    assert Path(plant.layout.lua_dir, "bar/init.lua").read_text() == "return 2"
    assert watched(plant.outside) == before


def test_a_moved_tree_can_be_moved_back(plant: Plant) -> None:
    """There it is recovered."""
    elsewhere = moved(plant)
    with pytest.raises(DistrorocksError):
        recover(elsewhere.layout)
    elsewhere.tree.rename(plant.tree)
    assert recover(plant.layout)
    assert not (plant.tree / "bin/new").exists()


def test_a_link_of_another_user_is_no_way(plant: Plant) -> None:
    """It is not followed, whatever it is a link to; and root is told whose it is."""
    plant = link_in_the_middle(plant)
    os.lchown(plant.tree / "share", MALLORY, MALLORY)
    before = watched(plant.outside), watched(plant.tree)
    with pytest.raises(DistrorocksError, match=f"user {MALLORY} can write {plant.tree}/share"):
        recover(plant.layout)
    assert (watched(plant.outside), watched(plant.tree)) == before


def test_a_copy_in_the_place_of_the_tree_keeps_what_it_has(plant: Plant) -> None:
    """Its files are others than those of the killed run: they stay, and each is told."""
    plant.tree.rename(plant.tree.with_name("original"))
    subprocess.run(["cp", "-r", plant.tree.with_name("original"), plant.tree], check=True)
    before = watched(plant.outside), watched(plant.tree.with_name("original"))
    recovery = recover(plant.layout)
    assert recovery is not None
    assert len(recovery.notes) == 3
    assert Path(plant.layout.lua_dir, "foo.lua").read_text() == "return 3"
    assert Path(plant.layout.lua_dir, "foo.lua~").read_text() == "return 1"
    assert (watched(plant.outside), watched(plant.tree.with_name("original"))) == before


@contextmanager
def mounted(directory: str, name: str) -> Iterator[Path]:
    """Put another file system over a directory for the block, with a file of this name."""
    command = ["mount", "-t", "tmpfs", "-o", "mode=755", "none", directory]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    Path(directory, name).write_text("precious")
    try:
        yield Path(directory)
    finally:
        subprocess.run(["umount", directory], check=True)


def test_what_is_mounted_over_the_rocks_is_not_touched(plant: Plant) -> None:
    """Where the manifest cannot be seen, nothing was committed: what was kept is put back."""
    with mounted(plant.layout.rocks_dir, "theirs") as theirs:
        before = watched(theirs)
        recovery = recover(plant.layout)
        assert without_lock(watched(theirs)) == without_lock(before)
    assert recovery is not None
    assert not recovery.is_completed
    assert Path(plant.layout.lua_dir, "foo.lua").read_text() == "return 1"
    assert Path(plant.layout.lua_dir, "bar/init.lua").read_text() == "return 2"
    assert Path(plant.layout.manifest).read_text() == "index"


def test_what_is_mounted_over_the_modules_is_not_touched(plant: Plant) -> None:
    """Where the former files cannot be reached, nothing is called undone without a word on it."""
    with mounted(plant.layout.lua_dir, "foo.lua") as theirs:
        before = watched(theirs)
        recovery = recover(plant.layout)
        assert without_lock(watched(theirs)) == without_lock(before)
    assert recovery is not None
    assert [each.partition(": ")[0] for each in recovery.notes] == [
        f"{theirs}/bar/init.lua cannot be restored",
        f"{theirs}/foo.lua cannot be restored",
    ]


@pytest.mark.parametrize("text", [b"\xff", b"[" * 100_000, b"1" * 10_000, b"{}", b""])
def test_a_journal_that_no_parser_likes_is_left_alone(plant: Plant, text: bytes) -> None:
    """Neither its depth nor its length is more than an error."""
    plant.journal.write_bytes(text)
    before = watched(plant.tree)
    with pytest.raises(DistrorocksError):
        recover(plant.layout)
    assert without_lock(watched(plant.tree)) == without_lock(before)


SHAPES: dict[str, Callable[[dict[str, Any]], None]] = {
    "another format": lambda document: document.update(format=2),
    "a true format": lambda document: document.update(format=True),
    "steps of a text": lambda document: document.update(steps="text"),
    "no steps": lambda document: document.pop("steps"),
    "a step too short": lambda document: document["steps"][0].pop(),
    "a step too long": lambda document: document["steps"][0].append(0),
    "a number for a path": lambda document: document["steps"][0].__setitem__(0, 7),
    "an empty path": lambda document: document["steps"][0].__setitem__(0, ""),
    "a path with NUL": lambda document: document["steps"][0].__setitem__(
        0, document["steps"][0][0] + "\0"
    ),
    "no former file": lambda document: document["steps"][1].__setitem__(2, ""),
    "a mark of two": lambda document: document["steps"][1].__setitem__(3, [1, 2]),
    "a mark of text": lambda document: document["steps"][1].__setitem__(3, ["a", "b", "c"]),
    "a directory for one": lambda document: document.update(made="/"),
    "the root to be emptied": lambda document: document.update(emptied=["/"]),
    "numbers for directories": lambda document: document.update(made=[1]),
    "a last step that removes": lambda document: document["steps"][-1].__setitem__(1, ""),
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_a_journal_of_another_shape_is_left_alone(
    plant: Plant, shape: Callable[[dict[str, Any]], None]
) -> None:
    """Nothing of it is used."""
    changed(plant, shape)
    before = watched(plant.tree)
    with pytest.raises(DistrorocksError, match="is not a journal of this tree"):
        recover(plant.layout)
    assert without_lock(watched(plant.tree)) == without_lock(before)
