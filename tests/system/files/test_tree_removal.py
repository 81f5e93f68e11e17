"""Directories removed with all that others put in them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from distrorocks.system.files.tree_removal import remove_tree

USER = 4321
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory of another user, which that user can enter."""
    with tempfile.TemporaryDirectory() as made:
        os.chown(made, USER, USER)
        yield Path(made)


def as_user(work: Callable[[], None]) -> int:
    """Do something as a user who is not root; return the exit status."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgroups([])
            os.setresgid(USER, USER, USER)
            os.setresuid(USER, USER, USER)
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def nest(top: Path, levels: int) -> None:
    """Make directories within each other."""
    handle = os.open(top, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir("d", dir_fd=handle)
        inner = os.open("d", os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = inner
    os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=handle))
    os.close(handle)


def test_files_links_and_directories_go(tmp_path: Path) -> None:
    """What links lead to stays as it is."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").write_text("")
    top = tmp_path / "top"
    (top / "a/b").mkdir(parents=True)
    (top / "a/b/file").write_text("")
    (top / "a/link").symlink_to(tmp_path / "outside")
    os.mkfifo(top / "a/fifo")
    remove_tree(str(top))
    assert not top.exists()
    assert (tmp_path / "outside/file").exists()


def test_a_missing_directory_is_no_error(tmp_path: Path) -> None:
    """Another process may have been faster."""
    remove_tree(str(tmp_path / "none"))


def test_a_link_is_not_entered(tmp_path: Path) -> None:
    """It is refused where the directory should be."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").write_text("")
    (tmp_path / "link").symlink_to("outside")
    with pytest.raises(OSError, match="directory"):
        remove_tree(str(tmp_path / "link"))
    assert (tmp_path / "outside/file").exists()


def test_any_number_of_levels_goes(tmp_path: Path) -> None:
    """More than a process has open files, and than Python has frames."""
    top = tmp_path / "top"
    top.mkdir()
    nest(top, 3000)
    remove_tree(str(top))
    assert not top.exists()


@as_root
def test_directories_without_permissions_go(place: Path) -> None:
    """A user may remove them, and no mode changes behind a link."""
    victim = place / "victim"

    def work() -> None:
        victim.mkdir(mode=0o755)
        closed = place / "top/a/closed"
        (closed / "inner").mkdir(parents=True)
        for path in (closed, closed / "inner", place / "top/a"):
            (path / "link").symlink_to(victim)
        for path in (closed / "inner", closed, place / "top/a", place / "top"):
            path.chmod(0o000)
        remove_tree(str(place / "top"))

    assert as_user(work) == 0
    assert not (place / "top").exists()
    assert victim.stat().st_mode & 0o777 == 0o755
