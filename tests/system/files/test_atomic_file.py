"""Files that are whole at any moment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from distrorocks.system.files.atomic_file import (
    WriteError,
    remove_files,
    sweep,
    temporary_name,
    write_atomically,
    write_if_different,
)


def test_new_content_replaces_old_with_the_mode_that_was_asked_for(tmp_path: Path) -> None:
    """The umask of the process does not matter, nor the old file's mode."""
    path = tmp_path / "manifest"
    path.write_bytes(b"old")
    path.chmod(0o600)
    old_mask = os.umask(0o077)
    try:
        write_atomically(str(path), b"new")
    finally:
        os.umask(old_mask)
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_link_is_replaced_and_its_target_left_alone(tmp_path: Path) -> None:
    """Nobody can have a file elsewhere overwritten by putting a link in the way."""
    target = tmp_path / "passwd"
    target.write_bytes(b"root")
    link = tmp_path / "manifest"
    link.symlink_to(target)
    write_atomically(str(link), b"new")
    assert target.read_bytes() == b"root"
    assert not link.is_symlink()


@pytest.mark.parametrize("call", ["fsync", "rename", "fchmod", "write"])
def test_a_failure_leaves_the_old_file_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """Whatever step fails, the directory is as it was, and the error names the file."""
    path = tmp_path / "manifest"
    path.write_bytes(b"old")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(WriteError, match="manifest: No space left"):
        write_atomically(str(path), b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_content_is_on_disk_before_it_takes_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """fsync comes before rename: after a power cut there is no file of no bytes."""
    calls: list[str] = []
    for name in ("fsync", "rename"):
        original = getattr(os, name)

        def record(
            *words: object, name: str = name, original: object = original, **more: object
        ) -> object:
            calls.append(name)
            return original(*words, **more)  # type: ignore[operator]  # os.fsync or os.rename

        monkeypatch.setattr(os, name, record)
    write_atomically(str(tmp_path / "x"), b"x")
    assert calls == ["fsync", "rename", "fsync"]


def test_equal_content_is_not_written_again(tmp_path: Path) -> None:
    """The answer tells whether anything was written; shorter and longer files are different."""
    path = str(tmp_path / "x")
    assert write_if_different(path, b"one")
    inode = os.stat(path).st_ino
    assert not write_if_different(path, b"one")
    assert os.stat(path).st_ino == inode
    assert write_if_different(path, b"on")
    assert write_if_different(path, b"one more")


def test_only_what_a_dead_process_left_is_swept(tmp_path: Path) -> None:
    """A file that a living process is writing stays, and so does everybody else's.

    A process that has the number of a dead one began at another time.
    """
    mine = os.getpid()
    kept = {f".distrorocks-{mine}-x", temporary_name("y"), ".distrorocks-", "x"}
    kept |= {"distrorocks-4194305-x", ".distrorocks-\u00b2-x", ".distrorocks-undo-5.1"}
    left = {".distrorocks-4194305-x", f".distrorocks-{mine}-7-1-x", ".distrorocks-" + "9" * 200}
    for name in kept | left:
        (tmp_path / name).write_text("")
    directory = os.open(tmp_path, os.O_RDONLY)
    sweep(directory)
    os.close(directory)
    assert {path.name for path in tmp_path.iterdir()} == kept


def test_the_longest_name_can_be_written(tmp_path: Path) -> None:
    """The name of the file on its way is no longer than a file system takes."""
    for name in ("x" * 255, "\u00e9" * 127):
        write_atomically(str(tmp_path / name), b"x")
        assert (tmp_path / name).read_bytes() == b"x"


def test_removing_tells_what_was_there(tmp_path: Path) -> None:
    """Files that are missing are passed over."""
    (tmp_path / "a").write_text("")
    paths = [str(tmp_path / name) for name in "ab"]
    assert remove_files(paths) == paths[:1]
    assert remove_files(paths) == []
