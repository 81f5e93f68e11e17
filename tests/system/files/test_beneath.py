"""Files below one directory, and nothing that a link could lead to."""

from __future__ import annotations

import os
import resource
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from distrorocks.system.files.beneath import MOST_STEPS, Beneath, BlockedError
from distrorocks.system.files.bounded_file import FileReadError
from tests.system.trees.planting import MALLORY, as_user, by_root


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """Return a directory that is not below the root."""
    place = tmp_path / "outside"
    place.mkdir()
    (place / "x").write_bytes(b"theirs")
    return place


@pytest.fixture
def below(tmp_path: Path) -> Iterator[Beneath]:
    """Return an open root with a file and a directory."""
    (tmp_path / "root/d").mkdir(parents=True)
    (tmp_path / "root/file").write_bytes(b"old")
    with Beneath(str(tmp_path / "root")) as opened:
        yield opened


CALLS: dict[str, Callable[[Beneath, str], object]] = {
    "read": lambda below, path: below.read(path, 100),
    "status": lambda below, path: below.status(path),
    "names": lambda below, path: below.names(path.rpartition("/")[0]),
    "target": lambda below, path: below.target(path),
    "create": lambda below, path: below.create(f"{path}-new", b"", 0o644),
    "write": lambda below, path: below.write(path, b"ours"),
    "make": lambda below, path: below.make_directory(f"{path}-new"),
    "make all": lambda below, path: below.make_directories(f"{path}-new/and/more"),
    "link from": lambda below, path: below.link(path, "/taken"),
    "link to": lambda below, path: below.link("/file", f"{path}-new"),
    "symlink": lambda below, path: below.symlink("anywhere", f"{path}-new"),
    "rename from": lambda below, path: below.rename(path, "/taken"),
    "rename to": lambda below, path: below.rename("/file", path),
    "remove": lambda below, path: below.remove_file(path),
    "remove directory": lambda below, path: below.remove_directory(path),
    "sync": lambda below, path: below.sync(path),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_no_call_goes_through_a_link(
    below: Beneath, outside: Path, call: Callable[[Beneath, str], object]
) -> None:
    """A link among the directories stops every call, and what it leads to stays as it was."""
    os.symlink(outside, f"{below.root}/way")
    with pytest.raises(BlockedError, match="way cannot be entered: it is a link"):
        call(below, "/way/x")
    assert [path.name for path in outside.iterdir()] == ["x"]
    assert (outside / "x").read_bytes() == b"theirs"


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("path", ["/../outside/x", "/d/../../outside/x", "/d//x", "/./x"])
def test_no_call_takes_a_path_that_is_not_plain(
    below: Beneath, outside: Path, call: Callable[[Beneath, str], object], path: str
) -> None:
    """Two dots lead nowhere."""
    with pytest.raises((BlockedError, FileNotFoundError)):
        call(below, path)
    assert (outside / "x").read_bytes() == b"theirs"
    assert [path.name for path in outside.iterdir()] == ["x"]


def test_a_link_that_takes_the_place_of_a_directory_is_not_followed(
    below: Beneath, outside: Path
) -> None:
    """What was opened stays what it was, wherever its name leads meanwhile."""
    below.create("/d/one", b"1", 0o644)
    os.rename(f"{below.root}/d", f"{below.root}/moved")
    os.symlink(outside, f"{below.root}/d")
    below.create("/d/two", b"2", 0o644)
    below.remove_file("/d/one")
    assert os.listdir(f"{below.root}/moved") == ["two"]
    assert os.listdir(outside) == ["x"]


def test_a_final_link_is_replaced_or_removed_and_never_followed(
    below: Beneath, outside: Path
) -> None:
    """Writing and removing act on the name; reading a link is refused."""
    os.symlink(outside / "x", f"{below.root}/link")
    with pytest.raises(FileReadError):
        below.read("/link", 100)
    below.write("/link", b"ours")
    assert below.read("/link", 100) == b"ours"
    os.symlink(outside, f"{below.root}/other")
    below.remove_file("/other")
    assert (outside / "x").read_bytes() == b"theirs"


@pytest.mark.parametrize("umask", [0, 0o027, 0o077, 0o777])
def test_directories_have_the_mode_that_was_asked_for(below: Beneath, umask: int) -> None:
    """Whatever the umask is, all users can read a tree; and the umask stays."""
    before = os.umask(umask)
    try:
        assert below.make_directories("/a/b/c") == ["/a", "/a/b", "/a/b/c"]
        assert below.make_directories("/a/b/c") == []
        below.write("/a/b/c/file", b"")
        assert os.umask(umask) == umask
    finally:
        os.umask(before)
    for path in ("/a", "/a/b", "/a/b/c"):
        assert os.stat(below.root + path).st_mode & 0o7777 == 0o755
    assert os.stat(f"{below.root}/a/b/c/file").st_mode & 0o7777 == 0o644


def test_directories_that_could_not_all_be_made_are_none(below: Beneath) -> None:
    """What was made on the way to a fault goes again."""
    os.symlink("/", f"{below.root}/d/way")
    with pytest.raises(BlockedError):
        below.make_directories("/d/way/a")
    with pytest.raises(OSError, match="too long"):
        below.make_directories(f"/d/made/{'x' * 300}")
    assert os.listdir(f"{below.root}/d") == ["way"]


@pytest.mark.parametrize("call", ["write", "fchmod"])
def test_a_file_that_could_not_be_made_whole_is_none(
    below: Beneath, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """A full disk leaves no part of a file, and the old one as it was."""

    def fail(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="No space"):
        below.write("/file", b"new")
    monkeypatch.undo()
    assert sorted(os.listdir(below.root)) == ["d", "file"]
    assert below.read("/file", 10) == b"old"


def test_handles_are_few_and_all_closed(tmp_path: Path) -> None:
    """Thousands of directories need no more handles than a process has."""
    before = len(os.listdir("/proc/self/fd"))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (400, hard))
    try:
        with Beneath(str(tmp_path)) as below:
            for number in range(1000):
                below.make_directories(f"/{number}/a")
                below.write(f"/{number}/a/x", b"")
            below.rename("/1/a/x", "/999/a/y")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_directory_made_anew_is_a_new_one(below: Beneath) -> None:
    """After a directory was removed its name is looked up again."""
    below.make_directories("/n/m")
    below.remove_directory("/n/m")
    below.remove_directory("/n")
    below.make_directories("/n/m")
    below.write("/n/m/x", b"1")
    assert Path(below.root, "n/m/x").read_bytes() == b"1"


def deep(top: str, steps: int) -> None:
    """Make nested directories, however long the path is."""
    here = os.open(top, os.O_RDONLY | os.O_DIRECTORY)
    for _ in range(steps):
        os.mkdir("dd", dir_fd=here)
        below = os.open("dd", os.O_RDONLY | os.O_DIRECTORY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


def test_directories_too_deep_are_an_error_that_names_the_place(below: Beneath) -> None:
    """Thousands of nested directories cause neither a recursion error nor too many open files."""
    before = len(os.listdir("/proc/self/fd"))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (400, hard))
    deep(below.root, 5000)
    try:
        assert below.names("/dd" * MOST_STEPS) == ["dd"]
        for path in ("/dd" * (MOST_STEPS + 1), "/dd" * 5000):
            with pytest.raises(BlockedError, match=r"^/.*/root/dd/dd.*more than 1000 nested"):
                below.names(path)
        assert len(os.listdir("/proc/self/fd")) < before + 220
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        subprocess.run(["rm", "-rf", f"{below.root}/dd"], check=True)  # shutil would recurse


def test_handles_on_a_deep_way_are_closed(below: Beneath) -> None:
    """Also where the way ends in something that is no directory."""
    before = len(os.listdir("/proc/self/fd"))
    deep(below.root, 600)
    with Beneath(below.root) as other:
        other.write(f"{'/dd' * 600}/x", b"1")
        assert other.read(f"{'/dd' * 600}/x", 10) == b"1"
        with pytest.raises(BlockedError):
            other.names(f"{'/dd' * 600}/x/y")
        other.remove_file(f"{'/dd' * 600}/x")
    assert len(os.listdir("/proc/self/fd")) == before
    subprocess.run(["rm", "-rf", f"{below.root}/dd"], check=True)


@by_root
@pytest.mark.parametrize("call", ["status", "names", "read", "make all"])
def test_an_error_names_the_whole_path(call: str) -> None:
    """Not a name in one of the directories on the way, which no user can find."""
    with tempfile.TemporaryDirectory() as top:
        os.makedirs(f"{top}/root/closed/d")
        os.chmod(f"{top}/root/closed", 0)
        os.chmod(top, 0o755)  # noqa: S103 - for the other user

        def look() -> None:
            with Beneath(f"{top}/root") as below, pytest.raises(PermissionError) as caught:
                CALLS[call](below, "/closed/d/x")
            assert str(caught.value.filename).startswith(f"{top}/root/closed")

        as_user(MALLORY, look)
