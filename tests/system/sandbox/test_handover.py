"""Folders that are handed over and taken back."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from distrorocks.system.sandbox import handover
from distrorocks.system.sandbox.choice import SandboxError
from distrorocks.system.sandbox.confined import Identity
from distrorocks.system.sandbox.handover import change_owner, handed_over

OURS = (os.getuid(), os.getgid())
NOBODY = (65534, 65534)
as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can change owners")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of a build, with something beside it."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").write_text("")
    made = tmp_path / "build"
    (made / "a/b").mkdir(parents=True)
    (made / "a/b/file").write_text("")
    (made / "link").symlink_to(tmp_path / "outside")
    (made / "a/dangling").symlink_to("/no/such")
    return made


def owners(folder: Path) -> set[int]:
    """Return the owners of a folder and of all in it."""
    return {path.lstat().st_uid for path in (folder, *folder.rglob("*"))}


@as_root
def test_a_folder_is_handed_over_whole_and_taken_back(folder: Path) -> None:
    """Links are given themselves; what they lead to stays as it is."""
    with handed_over(str(folder), Identity(*NOBODY, is_changed=True)):
        assert owners(folder) == {NOBODY[0]}
        assert owners(folder.parent / "outside") == {0}
    assert owners(folder) == {0}


@as_root
def test_it_is_taken_back_after_a_failure(folder: Path) -> None:
    """With all that was added meanwhile; what was nobody's elsewhere stays so."""
    prey = folder.parent / "outside/file"
    os.chown(prey, *NOBODY)

    def fail() -> None:
        (folder / "a/new").write_text("")
        os.chown(folder / "a/new", *NOBODY)
        (folder / "to").symlink_to(prey)
        raise ValueError

    with pytest.raises(ValueError), handed_over(str(folder), Identity(*NOBODY, is_changed=True)):  # noqa: PT011
        fail()
    assert owners(folder) == {0}
    assert prey.stat().st_uid == NOBODY[0]


@as_root
def test_others_keep_what_is_theirs(folder: Path) -> None:
    """Only what had the one owner gets the other."""
    os.chown(folder / "a/b/file", 4242, 4242)
    change_owner(str(folder), OURS, NOBODY)
    assert (folder / "a/b/file").stat().st_uid == 4242
    assert (folder / "a/b").stat().st_uid == NOBODY[0]


def test_set_id_bits_are_taken_away(folder: Path) -> None:
    """Of files and directories, before root could own them."""
    (folder / "a/b/file").chmod(0o6755)
    (folder / "a").chmod(0o2775)
    change_owner(str(folder), OURS, OURS)
    assert (folder / "a/b/file").stat().st_mode & 0o7777 == 0o755
    assert (folder / "a").stat().st_mode & 0o7777 == 0o775


def test_a_link_to_a_set_id_file_is_not_followed(folder: Path) -> None:
    """The bits outside stay."""
    (folder.parent / "outside/file").chmod(0o4755)
    (folder / "to").symlink_to("../outside/file")
    change_owner(str(folder), OURS, OURS)
    assert (folder.parent / "outside/file").stat().st_mode & 0o7777 == 0o4755


def test_a_hard_link_to_the_outside_is_refused(folder: Path) -> None:
    """Before anything is changed: its owner would change there too."""
    (folder / "shadow").hardlink_to(folder.parent / "outside/file")
    (folder / "a/b/file").chmod(0o4755)
    with pytest.raises(SandboxError, match="hard link outside"):
        change_owner(str(folder), OURS, OURS)
    assert (folder / "a/b/file").stat().st_mode & 0o4000


def test_hard_links_inside_are_fine(folder: Path) -> None:
    """git makes them, for one."""
    (folder / "a/same").hardlink_to(folder / "a/b/file")
    change_owner(str(folder), OURS, OURS)


def test_a_folder_that_is_a_link_is_refused(folder: Path) -> None:
    """It would lead anywhere."""
    with pytest.raises(SandboxError, match="Not a directory"):
        change_owner(str(folder / "link"), OURS, OURS)


def test_a_folder_has_its_limits(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of depth and of entries, each with an error."""
    monkeypatch.setattr(handover, "MOST_LEVELS", 1)
    with pytest.raises(SandboxError, match="more than 1 nested"):
        change_owner(str(folder), OURS, OURS)
    monkeypatch.setattr(handover, "MOST_LEVELS", 9)
    monkeypatch.setattr(handover, "MOST_ENTRIES", 3)
    with pytest.raises(SandboxError, match="more than 3 entries"):
        change_owner(str(folder), OURS, OURS)


def test_a_user_hands_nothing_over(folder: Path) -> None:
    """The build runs as the same user."""
    (folder / "a/b/file").chmod(0o4755)
    with handed_over(str(folder), Identity(*OURS, is_changed=False)):
        pass
    assert (folder / "a/b/file").stat().st_mode & 0o4000


@as_root
def test_set_id_bits_of_special_files_are_removed_too(folder: Path) -> None:
    """A socket cannot be opened; a build that leaves one must not keep the folder."""
    with handed_over(str(folder), Identity(*NOBODY, is_changed=True)):
        with socket.socket(socket.AF_UNIX) as bound:
            here = os.getcwd()
            os.chdir(folder / "a")  # the name of a socket is short
            try:
                bound.bind("socket")
            finally:
                os.chdir(here)
        os.mkfifo(folder / "a/fifo")
        for name in ("socket", "fifo"):
            os.chown(folder / "a" / name, *NOBODY)
            (folder / "a" / name).chmod(0o6755)
    assert owners(folder) == {0}
    modes = {(folder / "a" / name).lstat().st_mode & 0o7777 for name in ("socket", "fifo")}
    assert modes == {0o755}


@as_root
def test_a_failure_of_the_system_is_an_error_that_names_the_folder(folder: Path) -> None:
    """Not a traceback: the folder may be on a file system that has no owners."""
    with pytest.raises(SandboxError, match="cannot be changed: No such file"):
        change_owner(str(folder / "none"), OURS, NOBODY)
