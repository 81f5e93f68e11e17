"""Files of others are read whole, or not at all: whatever stands at a path, nobody waits for it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from distrorocks.system.files.bounded_file import (
    FileReadError,
    has_content,
    open_regular,
    read_bounded,
)

LIMIT = 64 * 1024


def read_in_parts(path: str, limit: int) -> bytes:
    """Return what a file holds, by ``open_regular``."""
    with open_regular(path, limit) as file:
        return file.read()


READERS = pytest.mark.parametrize("read", [read_bounded, read_in_parts])
Read = Callable[[str, int], bytes]


@READERS
def test_a_regular_file_is_read_whole(read: Read, tmp_path: Path) -> None:
    """Up to the limit itself; one byte more is refused before it is read."""
    file = tmp_path / "file"
    file.write_bytes(b"x" * LIMIT)
    assert read(str(file), LIMIT) == b"x" * LIMIT
    with pytest.raises(FileReadError, match=f"more than {LIMIT - 1} bytes"):
        read(str(file), LIMIT - 1)


@READERS
@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("a FIFO", os.mkfifo),
        ("a directory", os.mkdir),
        ("a socket", lambda path: os.mknod(path, 0o140600)),
        ("a device", lambda path: os.symlink("/dev/zero", path)),
    ],
)
def test_what_is_no_regular_file_is_told_by_its_kind(
    read: Read, kind: str, make: Callable[[Path], None], tmp_path: Path
) -> None:
    """Nothing waits for a FIFO, and the message says that there is one."""
    make(tmp_path / "file")
    with pytest.raises(FileReadError, match=f"it is not a regular file but {kind}") as caught:
        read(str(tmp_path / "file"), LIMIT)
    assert not caught.value.is_missing


def test_a_special_file_is_not_even_opened(tmp_path: Path) -> None:
    """Opening alone can rewind a tape or arm a watchdog, so the kind is asked before."""
    opened = []
    sys.addaudithook(lambda event, words: opened.append(words[0]) if event == "open" else None)
    link = str(tmp_path / "link")
    os.symlink("/dev/zero", link)
    with pytest.raises(FileReadError):
        read_bounded(link, LIMIT)
    assert link not in opened
    with pytest.raises(FileReadError):
        open_regular(link, LIMIT)
    assert link not in opened


@READERS
def test_a_file_that_takes_the_place_of_another_is_looked_at_again(
    read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A FIFO that is there only when the file is opened neither hangs nor counts."""
    file, fifo = tmp_path / "file", tmp_path / "fifo"
    file.write_bytes(b"x")
    os.mkfifo(fifo)
    system_open = os.open
    monkeypatch.setattr(os, "open", lambda _, flags, **words: system_open(fifo, flags, **words))
    with pytest.raises(FileReadError, match="a FIFO"):
        read(str(file), LIMIT)


@READERS
def test_a_file_that_grows_while_it_is_read_is_refused_at_the_limit(
    read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who writes faster than we read is not read for ever."""
    file = tmp_path / "file"
    file.write_bytes(b"x")
    parts = []

    def grown(system_read: Callable[..., Any], *words: Any) -> Any:
        parts.append(1)
        assert len(parts) < 1000, "it is read without end"
        with file.open("ab") as more:
            more.write(b"x" * 8192)
        return system_read(*words)

    monkeypatch.setattr(os, "read", partial(grown, os.read))
    monkeypatch.setattr(os, "readv", partial(grown, os.readv))
    with pytest.raises(FileReadError, match="more than"):
        read(str(file), LIMIT)


@READERS
def test_a_file_of_the_kernel_is_read_though_it_says_that_it_is_empty(read: Read) -> None:
    """The size that a file tells is where reading begins, not where it ends."""
    assert b"PATH" in read("/proc/self/environ", 1 << 20) or read("/proc/self/status", 1 << 20)


def test_links_are_followed_only_where_they_may_be(tmp_path: Path) -> None:
    """A link in an open directory, or where the caller says so, is told and not followed."""
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("file")
    assert read_bounded(str(tmp_path / "link"), LIMIT) == b"x"
    with pytest.raises(FileReadError, match="but a link"):
        read_bounded(str(tmp_path / "link"), LIMIT, follow=False)
    directory = os.open(tmp_path, os.O_RDONLY)
    try:
        assert read_bounded("file", LIMIT, directory=directory) == b"x"
        with pytest.raises(FileReadError, match="but a link"):
            read_bounded("link", LIMIT, directory=directory)
    finally:
        os.close(directory)


@pytest.mark.parametrize("name", ["nothing", "file/below"])
def test_what_is_not_there_is_told_apart(name: str, tmp_path: Path) -> None:
    """Callers take a missing file for an empty one, and no other fault."""
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(FileReadError) as caught:
        read_bounded(str(tmp_path / name), LIMIT)
    assert caught.value.is_missing


def test_content_is_compared_without_reading_more(tmp_path: Path) -> None:
    """A file is equal, or not; a FIFO is not, and neither is what is missing or longer."""
    (tmp_path / "file").write_bytes(b"one")
    os.mkfifo(tmp_path / "fifo")
    assert has_content(str(tmp_path / "file"), b"one")
    assert not has_content(str(tmp_path / "file"), b"on")
    assert not has_content(str(tmp_path / "file"), b"two")
    assert not has_content(str(tmp_path / "fifo"), b"")
    assert not has_content(str(tmp_path / "nothing"), b"")


def test_no_open_file_is_left_behind(tmp_path: Path) -> None:
    """Refusals close what they have opened."""
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "file").write_bytes(b"x" * 10)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        for name, limit in (("fifo", 10), ("file", 5), ("file", 10)):
            for read in (read_bounded, read_in_parts):
                try:
                    read(str(tmp_path / name), limit)
                except FileReadError:
                    continue
    assert len(os.listdir("/proc/self/fd")) == before
