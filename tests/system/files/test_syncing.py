"""Many files are synced side by side: all of them, with few open, and every fault is told."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from distrorocks.system.files import syncing
from distrorocks.system.files.beneath import Beneath
from distrorocks.system.files.syncing import Opening, sync_all, sync_directories

pytestmark = pytest.mark.usefixtures("_forced")


class Files:
    """Files that note which of them are open, and which were synced."""

    def __init__(self, folder: Path, count: int) -> None:
        self.paths = [folder / str(number) for number in range(count)]
        for path in self.paths:
            path.write_bytes(b"x")
        self.open: dict[int, str] = {}
        self.most = 0

    @contextmanager
    def opened(self, path: Path) -> Iterator[int]:
        """Open a file, in the main thread alone."""
        assert threading.current_thread() is threading.main_thread()
        opened = os.open(path, os.O_RDONLY)
        self.open[opened] = path.name
        self.most = max(self.most, len(self.open))
        try:
            yield opened
        finally:
            assert threading.current_thread() is threading.main_thread()
            del self.open[opened]
            os.close(opened)

    def openings(self) -> Iterator[Opening]:
        """Yield all files."""
        for path in self.paths:
            yield path.name, self.opened(path)


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What was synced, by inode."""
    found: list[int] = []
    real = os.fsync

    def fsync(opened: int) -> None:
        real(opened)
        found.append(os.fstat(opened).st_ino)

    monkeypatch.setattr(os, "fsync", fsync)
    return found


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 63, 64, 65, 300])
def test_each_is_synced_once_and_closed(tmp_path: Path, synced: list[int], count: int) -> None:
    """However many there are, no more than some are open at a time, and no thread stays."""
    files = Files(tmp_path, count)
    before = threading.active_count()
    sync_all(files.openings())
    assert sorted(synced) == sorted(path.stat().st_ino for path in files.paths)
    assert files.open == {}
    assert files.most <= syncing._OPEN_AT_ONCE
    assert threading.active_count() == before


@pytest.mark.parametrize("count", [2, 100])
def test_a_fault_names_its_file_after_the_others_are_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """A disk that is full for one file loses none of the others."""
    files = Files(tmp_path, count)
    bad = files.paths[count // 2].stat().st_ino
    good = []

    def fsync(opened: int) -> None:
        number = os.fstat(opened).st_ino
        if number == bad:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        good.append(number)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="No space left") as caught:
        sync_all(files.openings())
    assert caught.value.errno == errno.ENOSPC
    assert caught.value.filename == str(count // 2)
    assert len(good) == count - 1
    assert files.open == {}


@pytest.mark.parametrize("at", [0, 2, 3, 90])
def test_an_interruption_between_two_closes_all(tmp_path: Path, at: int) -> None:
    """What was opened is closed, and no thread goes on."""
    files = Files(tmp_path, 100)
    before = threading.active_count()

    def openings() -> Iterator[Opening]:
        for number, opening in enumerate(files.openings()):
            if number == at:
                raise KeyboardInterrupt
            yield opening

    with pytest.raises(KeyboardInterrupt):
        sync_all(openings())
    assert files.open == {}
    assert threading.active_count() == before


@pytest.mark.parametrize("most", [0, 1, 5])
def test_where_threads_cannot_start_all_is_synced_with_those_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, synced: list[int], most: int
) -> None:
    """A limit of processes costs time only."""
    started: list[threading.Thread] = []
    real = threading.Thread.start

    def start(thread: threading.Thread) -> None:
        if len(started) == most:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        real(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    files = Files(tmp_path, 50)
    sync_all(files.openings())
    assert len(synced) == 50
    assert len(started) == most


def test_directories_that_cannot_be_opened_keep_no_other_from_being_synced(
    tmp_path: Path, synced: list[int]
) -> None:
    """One is gone, one is a link, one is a file; each of the others is synced once."""
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    (tmp_path / "link").symlink_to("a")
    (tmp_path / "file").touch()
    with Beneath(str(tmp_path)) as below:
        sync_directories(below, ["/a", "/gone", "/link", "/file", "/a", "/b", "/c"])
    assert sorted(synced) == sorted((tmp_path / it).stat().st_ino for it in ("a", "b", "c"))
