"""Changes are carried out all or none, and never behind a link."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.plan.change import Change, Keep, RemoveDirectory, RemoveFile, WriteFile
from distrorocks.system.files.atomic_file import WriteError
from distrorocks.system.trees.writer import apply_changes


def content(root: Path) -> dict[str, bytes | None]:
    """Return what is below a root: files with content, directories with None."""
    return {
        str(path.relative_to(root)): None if path.is_dir() else path.read_bytes()
        for path in sorted(root.rglob("*"))
    }


def test_each_change_is_done_in_order(tmp_path: Path) -> None:
    """Files are written with their directories, removed, and empty directories go."""
    (tmp_path / "old").mkdir()
    (tmp_path / "old/x").write_bytes(b"x")
    changes: list[Change] = [
        Keep("/kept", "why"),
        WriteFile("/a/b/c", b"new", "why"),
        RemoveFile("/old/x", "why"),
        RemoveDirectory("/old", "why"),
    ]
    apply_changes(str(tmp_path), changes)
    assert content(tmp_path) == {"a": None, "a/b": None, "a/b/c": b"new"}


def test_what_a_killed_run_left_half_written_goes(tmp_path: Path) -> None:
    """It does not keep a directory from being removed, nor stay beside the file."""
    for name in ("d", "e"):
        (tmp_path / name).mkdir()
        (tmp_path / name / ".distrorocks-4194305-x").write_bytes(b"half")
    apply_changes(str(tmp_path), [RemoveDirectory("/d", "why"), WriteFile("/e/x", b"1", "why")])
    assert content(tmp_path) == {"e": None, "e/x": b"1"}


def test_a_directory_with_something_in_it_stays(tmp_path: Path) -> None:
    """What somebody else put there is never removed with it."""
    (tmp_path / "d").mkdir()
    (tmp_path / "d/theirs").write_bytes(b"")
    apply_changes(str(tmp_path), [RemoveDirectory("/d", "why")])
    assert (tmp_path / "d/theirs").exists()


def test_a_failure_undoes_all_that_was_done(tmp_path: Path) -> None:
    """After an error the root is what it was: files, their content, directories."""
    (tmp_path / "kept").write_bytes(b"old")
    (tmp_path / "gone").write_bytes(b"was here")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_bytes(b"no directory")
    before = content(tmp_path)
    changes: list[Change] = [
        WriteFile("/kept", b"new", "why"),
        WriteFile("/made/here", b"new", "why"),
        RemoveFile("/gone", "why"),
        RemoveDirectory("/empty", "why"),
        WriteFile("/file/below", b"impossible", "why"),
    ]
    with pytest.raises(WriteError, match="no directory"):
        apply_changes(str(tmp_path), changes)
    assert content(tmp_path) == before


def test_a_link_on_the_way_is_refused(tmp_path: Path) -> None:
    """Neither writing nor removing reaches through a link."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x").write_bytes(b"theirs")
    root = tmp_path / "root"
    root.mkdir()
    (root / "d").symlink_to(outside)
    with pytest.raises(WriteError, match="link"):
        apply_changes(str(root), [WriteFile("/d/x", b"ours", "why")])
    with pytest.raises(WriteError, match="link"):
        apply_changes(str(root), [WriteFile("/d/e/x", b"ours", "why")])
    apply_changes(str(root), [RemoveFile("/d/x", "why"), RemoveDirectory("/d", "why")])
    assert content(outside) == {"x": b"theirs"}
