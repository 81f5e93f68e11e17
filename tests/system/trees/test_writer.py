"""Changes are carried out all or none, and never behind a link."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from distrorocks.system.files.atomic_file import WriteError
from distrorocks.system.trees.writer import HalfDoneError, apply_changes
from distrorocks.trees.change import Change, Keep, RemoveDirectory, RemoveFile, WriteFile


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
    (tmp_path / "file").write_bytes(b"not a directory")
    before = content(tmp_path)
    changes: list[Change] = [
        WriteFile("/kept", b"new", "why"),
        WriteFile("/made/here", b"new", "why"),
        RemoveFile("/gone", "why"),
        RemoveDirectory("/empty", "why"),
        WriteFile("/file/below", b"impossible", "why"),
    ]
    with pytest.raises(WriteError, match="not a directory"):
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


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a root with files to replace and to remove."""
    for name in ("a", "b", "c"):
        (tmp_path / "root" / name).mkdir(parents=True)
        (tmp_path / "root" / name / "x").write_bytes(b"old")
    return tmp_path / "root"


CHANGES: list[Change] = [
    WriteFile("/a/x", b"new", "why"),
    WriteFile("/a/y", b"new", "why"),
    RemoveFile("/b/x", "why"),
    RemoveDirectory("/b", "why"),
    WriteFile("/c/x", b"new", "why"),
    WriteFile("/d/e/x", b"new", "why"),
]
AFTER = {
    "a": None,
    "a/x": b"new",
    "a/y": b"new",
    "c": None,
    "c/x": b"new",
    "d": None,
    "d/e": None,
    "d/e/x": b"new",
}
MUTATING = ("open", "write", "fchmod", "fsync", "link", "rename", "mkdir", "unlink", "rmdir")


def counted_calls(monkeypatch: pytest.MonkeyPatch, meet: Callable[[int, str], None]) -> None:
    """Have ``meet`` called with the number and the name of each call that may fail."""
    count = 0

    def wrapped(name: str) -> Callable[..., object]:
        real = getattr(os, name)

        def call(*words: object, **named: object) -> object:
            nonlocal count
            count += 1
            meet(count, name)
            return real(*words, **named)

        return call

    for name in MUTATING:
        monkeypatch.setattr(os, name, wrapped(name))


def number_of_calls(tree: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how many such calls a run makes; the tree is changed."""
    seen: list[int] = []
    with monkeypatch.context() as patch:
        counted_calls(patch, lambda number, _: seen.append(number))
        apply_changes(str(tree), CHANGES)
    return len(seen)


def copy_of(tree: Path, name: str) -> Path:
    """Return a fresh copy of a tree."""
    return Path(shutil.copytree(tree, tree.parent / name))


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EIO, errno.EROFS])
def test_while_the_disk_stays_full_everything_is_as_it_was(
    tree: Path, monkeypatch: pytest.MonkeyPatch, fault: int
) -> None:
    """From whichever call on nothing can be written or made, undoing needs none of it."""
    before = content(tree)
    for first in range(1, number_of_calls(copy_of(tree, "count"), monkeypatch) + 1):
        root = copy_of(tree, f"full{first}")

        def fail(number: int, name: str, first: int = first) -> None:
            if number >= first and name in ("write", "fsync", "mkdir", "link"):
                raise OSError(fault, os.strerror(fault))

        with monkeypatch.context() as patch:
            counted_calls(patch, fail)
            with contextlib.suppress(WriteError):
                apply_changes(str(root), CHANGES)
                assert content(root) == AFTER
                continue
            assert content(root) == before


def test_each_single_failure_leaves_all_or_nothing(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever call fails there is no third state; what could not be cleared away is announced.

    A run that left something beside does not say that all is done, so that the next one sweeps.
    """
    before = content(tree)
    for first in range(1, number_of_calls(copy_of(tree, "count"), monkeypatch) + 1):
        for error in (OSError(errno.EIO, "I/O error"), MemoryError()):
            root = copy_of(tree, f"{first}{type(error).__name__}")
            failed: list[str] = []

            def fail(
                number: int,
                name: str,
                first: int = first,
                error: BaseException = error,
                failed: list[str] = failed,
            ) -> None:
                if number == first:
                    failed.append(name)
                    raise error

            with monkeypatch.context() as patch:
                counted_calls(patch, fail)
                with contextlib.suppress(WriteError, MemoryError):
                    apply_changes(str(root), CHANGES, afterwards=[WriteFile("/done", b"", "why")])
            now = content(root)
            beside = {path for path in now if ".distrorocks-" in path}
            if failed and failed[0] in ("unlink", "rmdir"):
                now.pop("b", None)
            assert not (beside and "done" in now)
            now.pop("done", None)
            assert {path: now[path] for path in now.keys() - beside} in (before, AFTER)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_at_any_call_leaves_all_or_nothing(
    tree: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest, number: int
) -> None:
    """A signal waits for the step at hand; then all is undone, or the end is near enough."""
    before = content(tree)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    earlier = signal.signal(number, interrupt)
    request.addfinalizer(lambda: signal.signal(number, earlier))
    for first in range(1, number_of_calls(copy_of(tree, "count"), monkeypatch) + 1):
        root = copy_of(tree, f"signal{first}")

        def send(count: int, _: str, first: int = first) -> None:
            if count == first:
                os.kill(os.getpid(), number)

        with monkeypatch.context() as patch:
            counted_calls(patch, send)
            with pytest.raises(KeyboardInterrupt):
                apply_changes(str(root), CHANGES)
        assert content(root) in (before, AFTER)


def test_what_cannot_be_undone_is_told(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the paths that are not as they were, and claims nothing else."""
    with monkeypatch.context() as patch:

        def fail(number: int, name: str) -> None:
            if name == "rename" and number > 15:
                raise OSError(errno.EIO, "I/O error")

        counted_calls(patch, fail)
        with pytest.raises(HalfDoneError, match="could not be restored") as caught:
            apply_changes(str(tree), CHANGES)
    assert f"{tree}/" in caught.value.detail
    assert "untouched" not in str(caught.value)
    apply_changes(str(tree), CHANGES)


def test_what_says_that_all_is_done_comes_last(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that dies has announced what it would do, and never says that it did it too early."""
    seen: list[bytes] = []
    real = os.rename

    def told(*words: object, **named: object) -> None:
        record = tree / "record"
        seen.append(record.read_bytes() if record.exists() else b"")
        real(*words, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "rename", told)
    apply_changes(
        str(tree),
        CHANGES,
        beforehand=[WriteFile("/record", b"begun", "why")],
        afterwards=[WriteFile("/record", b"done", "why")],
    )
    assert seen == [b"", *[b"begun"] * (len(seen) - 1)]
    assert content(tree) == {**AFTER, "record": b"done"}
    assert not (tree / "b").exists()


def test_the_old_file_stands_where_no_hard_link_can_be_made(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some file systems have none; the old file is then moved beside and comes back as well."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    before = content(tree)
    monkeypatch.setattr(os, "link", refuse)
    with pytest.raises(WriteError):
        apply_changes(str(tree), [*CHANGES, WriteFile("/a/x/below", b"", "why")])
    assert content(tree) == before
    apply_changes(str(tree), CHANGES)
    assert content(tree) == AFTER
