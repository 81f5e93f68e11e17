"""Private directories are safe from other users, and logs outlive them."""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError
from distrorocks.system.files import scratch
from distrorocks.system.files.scratch import ScratchDirectory, kept_log, lasting_directory
from distrorocks.system.files.trust import UntrustedError


def test_files_are_private_and_gone_afterwards() -> None:
    """Nobody else reads them, and none stays."""
    with ScratchDirectory() as directory:
        path = directory.write("a-1-1.rockspec", b"x")
        assert Path(path).read_bytes() == b"x"
        assert os.stat(os.path.dirname(path)).st_mode & 0o077 == 0
    assert not os.path.exists(os.path.dirname(path))


@pytest.mark.parametrize("name", ["../a", "a/b", "", ".", "..", "/etc/x", "a\0b"])
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    """Names come from servers: a version with a slash would lead out of the directory."""
    with ScratchDirectory() as directory, pytest.raises(DistrorocksError, match="not the name"):
        directory.write(name, b"x")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_makes_none_where_another_user_could_replace_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``TMPDIR`` may come from another user: programs of root's read what is in the directory."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    os.chown(tmp_path, 4321, 4321)
    for make in (ScratchDirectory, lasting_directory):
        with pytest.raises(UntrustedError):
            make()
    assert not list(tmp_path.iterdir())
    os.chown(tmp_path, 0, 0)
    tmp_path.chmod(0o1777)
    with ScratchDirectory():
        assert list(tmp_path.iterdir())


def test_a_lasting_directory_stays_and_is_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for a log that a person reads after the run."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    place = lasting_directory()
    assert os.stat(place).st_mode & 0o7777 == 0o700
    assert os.path.dirname(place) == str(tmp_path)


def test_all_logs_are_kept_in_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In their order; an older file of that name is replaced, and a link is not followed."""
    logs, place = tmp_path / "logs", tmp_path / "place"
    logs.mkdir()
    place.mkdir()
    (logs / "0002.log").write_text("second\n")
    (logs / "0001.log").write_text("first\n")
    (logs / "folder").mkdir()
    (tmp_path / "victim").write_text("precious")
    (place / "foo-1.0-1.log").symlink_to(tmp_path / "victim")
    monkeypatch.setattr(scratch, "_log_directory", lambda: str(place))
    path = kept_log("foo-1.0-1.log", str(logs))
    assert path == f"{place}/foo-1.0-1.log"
    assert Path(path).read_text() == "first\nsecond\n"
    assert (tmp_path / "victim").read_text() == "precious"


@pytest.mark.skipif(os.geteuid() != 0, reason="a user's logs are below the home directory")
def test_root_keeps_logs_where_nobody_else_writes() -> None:
    """The directory is made where it is missing."""
    assert scratch._log_directory() == "/var/log/distrorocks"


def killed_run(place: Path) -> Path:
    """Let a process make a directory with files and be killed; return the directory."""
    child = os.fork()
    if child == 0:
        scratch = ScratchDirectory()
        Path(scratch.write("file", b"x")).parent.joinpath("inner").mkdir()
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    (left,) = place.iterdir()
    return left


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_what_a_killed_run_left_is_removed_by_the_next(temporary: Path) -> None:
    """After ``kill -9`` nobody holds its lock."""
    left = killed_run(temporary)
    assert (left / "file").exists()
    with ScratchDirectory() as scratch:
        assert [str(path) for path in temporary.iterdir()] == [scratch.path]


def test_what_a_living_run_uses_stays(temporary: Path) -> None:
    """However many runs begin meanwhile, and whatever files of others have such names."""
    lasting = lasting_directory()
    (temporary / "distrorocks-run-link").symlink_to(lasting)
    (temporary / "distrorocks-run-file").write_text("")
    Path(lasting, "log").write_text("")
    with ScratchDirectory() as scratch:
        scratch.write("file", b"x")
        if (child := os.fork()) == 0:
            os.closerange(3, 64)
            ScratchDirectory().close()
            os._exit(0)
        os.waitpid(child, 0)
        assert os.listdir(scratch.path) == ["file"]
    assert sorted(os.listdir(temporary)) == sorted(
        [os.path.basename(lasting), "distrorocks-run-file", "distrorocks-run-link"]
    )
    assert os.listdir(lasting) == ["log"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_directories_of_others_stay(temporary: Path) -> None:
    """Anyone can make such a name in /tmp: only what is this user's own is removed."""
    left = killed_run(temporary)
    os.chown(left, 4321, 4321)
    temporary.chmod(0o1777)
    ScratchDirectory().close()
    assert (left / "file").exists()
