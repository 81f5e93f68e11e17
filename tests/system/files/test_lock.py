"""LuaRocks' lock of a tree."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from distrorocks.system.files.lock import STALE_SECONDS, LockError, TreeLock, UnwritableError


def test_the_lock_is_luarocks_own_link_and_goes_with_the_block(tmp_path: Path) -> None:
    """While it is held, LuaRocks finds its own lockfile.lfs there; afterwards nothing."""
    path = tmp_path / "lockfile.lfs"
    with TreeLock(str(path)):
        assert path.is_symlink()
        assert not path.exists()
    assert list(tmp_path.iterdir()) == []


def test_the_lock_goes_when_the_block_fails(tmp_path: Path) -> None:
    """An error inside does not leave the tree locked."""
    path = tmp_path / "lockfile.lfs"
    with pytest.raises(ZeroDivisionError), TreeLock(str(path)):
        raise ZeroDivisionError
    assert not path.is_symlink()


def test_the_lock_goes_when_its_removal_fails_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried again: nobody else removes it before the tree is changed again."""
    unlink = os.unlink
    calls: list[object] = []

    def failing(*words: object, **more: object) -> None:
        calls.append(words)
        if len(calls) == 1:
            raise PermissionError(13, "Permission denied")
        unlink(*words, **more)  # type: ignore[arg-type]

    path = tmp_path / "lockfile.lfs"
    with TreeLock(str(path)):
        monkeypatch.setattr(os, "unlink", failing)
    assert not os.path.lexists(path)


def test_a_lock_of_luarocks_is_waited_for_and_respected(tmp_path: Path) -> None:
    """A young lock of another program is an error with LuaRocks' own exit status, after a wait."""
    path = tmp_path / "lockfile.lfs"
    path.symlink_to("lock")
    start = time.monotonic()
    with pytest.raises(LockError) as caught, TreeLock(str(path), seconds=0.2):
        pass
    assert time.monotonic() - start >= 0.2
    assert caught.value.exit_status == 4
    assert os.readlink(path) == "lock"


def test_an_hour_old_lock_of_luarocks_is_taken_over(tmp_path: Path) -> None:
    """LuaRocks leaves its lock behind when it is killed; its own limit is an hour."""
    path = tmp_path / "lockfile.lfs"
    path.symlink_to("lock")
    past = time.time() - STALE_SECONDS - 60
    os.utime(path, (past, past), follow_symlinks=False)
    with TreeLock(str(path), seconds=0.2):
        assert os.readlink(path) != "lock"


def test_a_lock_of_ours_whose_maker_is_gone_is_taken_over_at_once(tmp_path: Path) -> None:
    """A killed run does not keep the next one waiting."""
    path = tmp_path / "lockfile.lfs"
    path.symlink_to("distrorocks-4194305")
    with TreeLock(str(path), seconds=0.2):
        assert os.readlink(path).startswith(f"distrorocks-{os.getpid()}:")


def test_of_many_that_find_a_dead_lock_one_at_a_time_holds_the_tree(tmp_path: Path) -> None:
    """Taking over never takes away what another has just taken."""
    path = tmp_path / "lockfile.lfs"
    path.symlink_to("distrorocks-4194305")
    log = tmp_path / "log"
    children = []
    for _ in range(12):
        child = os.fork()
        if not child:
            try:
                with TreeLock(str(path), seconds=20), log.open("a") as lines:
                    lines.write("in\n")
                    lines.flush()
                    time.sleep(0.01)
                    lines.write("out\n")
            finally:
                os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    assert log.read_text() == "in\nout\n" * 12


def test_a_lock_of_ours_whose_maker_lives_is_respected(tmp_path: Path) -> None:
    """Two runs at once never both hold the tree."""
    path = tmp_path / "lockfile.lfs"
    with (
        TreeLock(str(path)),
        pytest.raises(LockError, match="in use"),
        TreeLock(str(path), seconds=0.1),
    ):
        pass


def test_a_tree_that_is_not_there_cannot_be_locked(tmp_path: Path) -> None:
    """The error says which directory."""
    with pytest.raises(LockError, match="nowhere"), TreeLock(str(tmp_path / "nowhere" / "l")):
        pass


def test_a_tree_that_cannot_be_written_is_not_in_use(tmp_path: Path) -> None:
    """It has the status of any other failure, and the hint says what kind it is."""
    with pytest.raises(UnwritableError) as caught, TreeLock(str(tmp_path / "no" / "lock")):
        pass
    assert caught.value.exit_status == 3
    with pytest.raises(UnwritableError) as caught, TreeLock("/proc/self/lock"):
        pass
    assert "cannot lock /proc/self" in caught.value.brief
