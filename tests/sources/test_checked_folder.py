"""A folder that a program fills."""

from __future__ import annotations

import os
from pathlib import Path

from distrorocks.sources.checked_folder import size_of
from distrorocks.system.files.tree_removal import remove_tree


def test_files_of_all_folders_count(tmp_path: Path) -> None:
    """A link counts itself, and the sum is bounded."""
    (tmp_path / "a/b").mkdir(parents=True)
    for place in ("x", "a/y", "a/b/z"):
        (tmp_path / place).write_bytes(bytes(10))
    (tmp_path / "a/link").symlink_to("/")
    assert size_of(str(tmp_path), 1000) == 31
    assert size_of(str(tmp_path), 25) == 25
    assert size_of(str(tmp_path / "none"), 25) == 0


def test_folders_nested_without_end_count_as_too_much(tmp_path: Path) -> None:
    """git makes paths of 4,096 characters: whoever watches must neither fail nor overlook files."""
    handle = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=handle)
        inner = os.open("d", os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = inner
    os.close(handle)
    assert size_of(str(tmp_path), 1000) == 1000
    remove_tree(str(tmp_path / "d"))
