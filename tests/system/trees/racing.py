"""Root works on a tree while another user swaps its directories with links, round after round."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from distrorocks.errors import DistrorocksError
from distrorocks.system.trees.recovery import recover
from distrorocks.system.trees.transaction import transact
from distrorocks.system.trees.tree_place import tree_place
from distrorocks.system.trees.writer import apply_changes
from distrorocks.trees.change import (
    Change,
    MoveFile,
    PlaceFile,
    RemoveDirectory,
    RemoveFile,
    TreeChange,
    WriteFile,
)
from distrorocks.trees.layout import Layout
from tests.system.trees.planting import MALLORY, made, outside, swapping, watched

SWAPPED = ["share/lua/5.4", "share", "lib/luarocks", "lib/luarocks/rocks-5.4", "bin"]


class Race(NamedTuple):
    """What was outside before and after, how often was swapped, and how many rounds went well."""

    before: dict[str, tuple[object, ...]]
    after: dict[str, tuple[object, ...]]
    swaps: int
    undisturbed: int


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a directory that every user can enter, for the block."""
    place = Path(tempfile.mkdtemp(prefix="race-"))
    place.chmod(0o755)
    try:
        yield place
    finally:
        shutil.rmtree(place)


def race_of_deployments(swapped: str, rounds: int) -> Race:
    """Deploy to a tree and take it back, in each round."""
    with scratch() as above:
        layout = _tree(above)
        place = _inviting(above, swapped)
        before = watched(place)
        with swapping(MALLORY, Path(layout.root, swapped), place / "like") as ended:
            done = sum(_deployed(layout) for _ in range(rounds))
            return Race(before, watched(place), ended(), done)


def race_of_changes(swapped: str, rounds: int) -> Race:
    """Write, replace and remove files, in each round."""
    with scratch() as above:
        layout = _tree(above)
        place = _inviting(above, swapped)
        before = watched(place)
        top = Path(layout.root, swapped)
        names = sorted(path.name for path in top.iterdir() if path.is_file())
        with swapping(MALLORY, top, place / "like") as ended:
            done = sum(_changed(layout, swapped, [*names, "more"]) for _ in range(rounds))
            return Race(before, watched(place), ended(), done)


def _tree(above: Path) -> Layout:
    """Make a tree in which all is another user's."""
    layout = made(above / "tree")
    for path in [above / "tree", *(above / "tree").rglob("*")]:
        os.chown(path, MALLORY, MALLORY, follow_symlinks=False)
    return layout


def _inviting(above: Path, swapped: str) -> Path:
    """Make a directory outside which has what the swapped one has, and more."""
    place = outside(above)
    shutil.copytree(above / "tree" / swapped, place / "like", symlinks=True)
    for path in [place / "like", *(place / "like").rglob("*/")]:
        (path / "more").write_text("precious")
    return place


def _deployed(layout: Layout) -> bool:
    """Return whether nothing stood in the way."""
    place = tree_place(layout)
    lua, rocks = layout.lua_dir, layout.rocks_dir
    manifest = PlaceFile(layout.manifest, b"index", 0o644, "why")
    there: list[TreeChange] = [
        PlaceFile(f"{lua}/new/x.lua", b"x", 0o644, "why"),
        PlaceFile(f"{rocks}/new/1-1/rock_manifest", b"x", 0o644, "why"),
        PlaceFile(f"{layout.root}/bin/new", b"x", 0o755, "why"),
        MoveFile(f"{lua}/foo.lua", f"{lua}/foo_1_0_1-foo.lua", "why"),
        manifest,
    ]
    back: list[TreeChange] = [
        MoveFile(f"{lua}/foo_1_0_1-foo.lua", f"{lua}/foo.lua", "why"),
        RemoveFile(f"{lua}/new/x.lua", "why"),
        RemoveFile(f"{rocks}/new/1-1/rock_manifest", "why"),
        RemoveFile(f"{layout.root}/bin/new", "why"),
        RemoveDirectory(f"{lua}/new", "why"),
        RemoveDirectory(f"{rocks}/new/1-1", "why"),
        RemoveDirectory(f"{rocks}/new", "why"),
        manifest,
    ]
    is_done = False
    with suppress(DistrorocksError, OSError):
        recover(place)
        for changes in (there, back):
            transact(place, changes, observed={}, directory_mode=0o755)
        is_done = True
    return is_done


def _changed(layout: Layout, swapped: str, names: list[str]) -> bool:
    """Return whether nothing stood in the way."""
    write = WriteFile(f"/{swapped}/new/x", b"x", "why")
    changes: list[Change] = [write]
    changes += [RemoveFile(f"/{swapped}/{name}", "why") for name in names]
    gone: list[Change] = [RemoveFile(write.path, "why"), RemoveDirectory(f"/{swapped}/new", "why")]
    try:
        apply_changes(layout.root, changes)
        apply_changes(layout.root, gone)
    except DistrorocksError:
        return False
    return True
