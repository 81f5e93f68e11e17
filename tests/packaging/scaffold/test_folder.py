"""A packaging's folder: changed whole or not at all, and never outside."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.packaging.scaffold.folder import (
    FileChange,
    FolderError,
    PackagingFile,
    apply_changes,
    read_file,
)
from distrorocks.system.files.atomic_file import WriteError
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.named_folder import NamedFolder

OLD, NEW = PackagingFile(b"old\n"), PackagingFile(b"new\n", 0o755)


def test_a_failure_undoes_all_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the last file cannot be written, the earlier ones are restored."""
    (tmp_path / "a").write_text("old\n")
    (tmp_path / "a").chmod(0o644)
    real = Beneath.write

    def failing(
        folder: NamedFolder, path: str, content: bytes, mode: int, *, is_forced: bool
    ) -> None:
        if path.endswith("/z"):
            raise WriteError("the disk is full")
        real(folder, path, content, mode, is_forced=is_forced)

    monkeypatch.setattr(NamedFolder, "write", failing)
    changes = [
        FileChange("a", OLD, NEW, ""),
        FileChange("d/b", None, NEW, ""),
        FileChange("z", None, NEW, ""),
    ]
    with pytest.raises(WriteError, match="full"):
        apply_changes(str(tmp_path), changes)
    assert {str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*")} == {"a"}
    assert read_file(str(tmp_path), "a") == OLD


def test_a_signal_undoes_all_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGTERM between two files restores them, as Ctrl-C does; a second one is too late."""
    (tmp_path / "a").write_text("old\n")
    (tmp_path / "a").chmod(0o644)
    real = Beneath.write

    def ended(
        folder: NamedFolder, path: str, content: bytes, mode: int, *, is_forced: bool
    ) -> None:
        real(folder, path, content, mode, is_forced=is_forced)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(NamedFolder, "write", ended)
    with pytest.raises(KeyboardInterrupt):
        apply_changes(
            str(tmp_path), [FileChange("a", OLD, NEW, ""), FileChange("b", None, NEW, "")]
        )
    assert [each.name for each in tmp_path.iterdir()] == ["a"]
    assert read_file(str(tmp_path), "a") == OLD


def test_a_replacement_is_synced_to_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Edits survive a power failure; new files are not synced, since they can be rendered."""
    (tmp_path / "a").write_text("old\n")
    (tmp_path / "a").chmod(0o644)
    forced = []
    real = os.fsync

    def told(opened: int) -> None:
        forced.append(_name(opened))
        real(opened)

    monkeypatch.setattr(os, "fsync", told)
    changes = [FileChange("a", OLD, NEW, ""), FileChange("d/b", None, NEW, "")]
    apply_changes(str(tmp_path), changes)
    assert [name.rpartition("-")[2] for name in forced] == ["a", tmp_path.name]


def _name(opened: int) -> str:
    """Return the name of an open file."""
    return Path(os.readlink(f"/proc/self/fd/{opened}")).name


def test_a_concurrent_change_stops_all(tmp_path: Path) -> None:
    """Nothing is written if a file differs from the one that was read."""
    (tmp_path / "b").write_text("edited\n")
    with pytest.raises(FolderError, match="changed in the meantime"):
        apply_changes(
            str(tmp_path), [FileChange("a", None, NEW, ""), FileChange("b", OLD, NEW, "")]
        )
    assert not (tmp_path / "a").exists()


def test_links_are_not_followed(tmp_path: Path) -> None:
    """A folder or a file that is a link would take a change elsewhere: it is refused."""
    outside = tmp_path / "outside"
    outside.mkdir()
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "debian").symlink_to(outside)
    (inside / "x.spec").symlink_to(outside / "x")
    for path in ("debian/control", "x.spec", "../outside/x"):
        with pytest.raises(DistrorocksError, match="cannot be part"):
            apply_changes(str(inside), [FileChange(path, None, NEW, "")])
    assert not list(outside.iterdir())


def test_folders_and_permissions_are_made(tmp_path: Path) -> None:
    """A new file gets its folder and its permissions; a removed one goes."""
    (tmp_path / "a").write_text("old\n")
    (tmp_path / "a").chmod(0o644)
    place = str(tmp_path)
    apply_changes(place, [FileChange("x/y/z", None, NEW, ""), FileChange("a", OLD, None, "")])
    assert read_file(place, "x/y/z") == NEW
    assert read_file(place, "a") is None
