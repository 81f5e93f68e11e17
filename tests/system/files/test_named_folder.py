"""Directories that somebody named: entered over no link of another user, and left over none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from distrorocks.system.files.beneath import BlockedError
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.named_folder import MOST_LEVELS, NamedFolder
from distrorocks.system.files.trust import UntrustedError
from tests.system.trees.planting import MALLORY, as_user, by_root


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a directory with a file, a link to it, a FIFO, and a directory with a file."""
    (tmp_path / "a").write_text("text")
    (tmp_path / "b").symlink_to("a")
    os.mkfifo(tmp_path / "c")
    (tmp_path / "d").mkdir()
    (tmp_path / "d/e").write_text("")
    return tmp_path


def test_a_walk_lists_what_is_no_directory(place: Path) -> None:
    """Links and special files are listed and not followed; skipped directories are not entered."""
    (place / "f").symlink_to("d")
    with NamedFolder(str(place)) as folder:
        assert [path for path, _ in folder.walk()] == ["/a", "/b", "/c", "/f", "/d/e"]
        assert [path for path, _ in folder.walk("/d")] == ["/d/e"]
        assert list(folder.walk("/f")) == list(folder.walk("/no")) == []
        assert "/d/e" not in dict(folder.walk(skipped=frozenset({"d"})))


def test_a_walk_goes_as_deep_as_is_told(tmp_path: Path) -> None:
    """The depth counts from the directory in which the walk begins."""
    deepest = tmp_path.joinpath(*["d"] * (MOST_LEVELS + 1))
    for level in range(1, MOST_LEVELS + 2):
        tmp_path.joinpath(*["d"] * level).mkdir()
    (deepest / "x").touch()
    with NamedFolder(str(tmp_path)) as folder:
        assert [path for path, _ in folder.walk("/d")] == [f"{'/d' * (MOST_LEVELS + 1)}/x"]
        with pytest.raises(FileReadError, match="nested directories"):
            list(folder.walk())


@pytest.mark.parametrize("name", ["b", "c", "d"])
def test_only_a_regular_file_is_read(name: str, place: Path) -> None:
    """A link, a FIFO and a directory are errors that name the path, and none is waited for."""
    with NamedFolder(str(place)) as folder:
        assert folder.regular(f"/{name}") is None
        with pytest.raises(FileReadError, match=f"cannot read {place}/{name}: it is"):
            folder.read(f"/{name}", 10)
        with pytest.raises(FileReadError, match="it is"):
            list(folder.parts(f"/{name}", 10))


@pytest.mark.parametrize(("limit", "is_read"), [(4, True), (3, False)])
def test_no_more_than_the_limit_is_read(limit: int, is_read: bool, place: Path) -> None:
    """A file of exactly the limit is read, whole or in parts."""
    with NamedFolder(str(place)) as folder:
        if is_read:
            assert folder.read("/a", limit) == b"".join(folder.parts("/a", limit)) == b"text"
            return
        with pytest.raises(FileReadError, match="more than 3 bytes"):
            folder.read("/a", limit)
        with pytest.raises(FileReadError, match="more than 3 bytes"):
            list(folder.parts("/a", limit))


def test_a_file_that_grows_is_read_to_the_limit() -> None:
    """What the kernel makes while it is read has no size, and is cut off all the same."""
    with NamedFolder("/proc/self") as folder, pytest.raises(FileReadError, match="more than"):
        list(folder.parts("/status", 100))


def test_what_is_missing_is_told_as_missing(place: Path) -> None:
    """A file, a directory above it, and the folder itself."""
    with NamedFolder(str(place)) as folder:
        for path in ("/no", "/no/no"):
            with pytest.raises(FileReadError) as caught:
                folder.read(path, 10)
            assert caught.value.is_missing
    with pytest.raises(FileReadError) as caught:
        NamedFolder(str(place / "no"))
    assert caught.value.is_missing
    with pytest.raises(BlockedError, match="not a directory"):
        NamedFolder(str(place / "a"))


def test_a_relative_name_and_own_links_lead_to_the_folder(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One's own links count, and ``..`` is the directory above the one that they lead to."""
    (place / "own").symlink_to("d")
    monkeypatch.chdir(place)
    for name in ("own", "./own/", "own/../d", str(place / "own")):
        with NamedFolder(name) as folder:
            assert folder.names("") == ["e"]
    with NamedFolder("") as folder:
        assert folder.read("/a", 10) == b"text"


@by_root
@pytest.mark.parametrize("name", ["way", "way/d", "chain"])
def test_a_link_of_another_user_is_not_followed(name: str, place: Path) -> None:
    """Neither as the folder itself nor on the way to it, also behind a link of root's."""
    (place / "way").symlink_to(".")
    os.lchown(place / "way", MALLORY, MALLORY)
    (place / "chain").symlink_to("way/d")
    with pytest.raises(UntrustedError, match="a link of another user"):
        NamedFolder(str(place / name))


@by_root
def test_a_directory_that_cannot_be_entered_is_an_error(place: Path) -> None:
    """Who may not enter a directory is told so, and a walk passes over one."""
    for directory in [place, *place.parents]:
        if directory.stat().st_mode & 0o777 == 0o700:
            directory.chmod(0o711)
    (place / "d/f").mkdir()
    (place / "d").chmod(0o700)
    place.chmod(0o755)

    def entered() -> None:
        with NamedFolder(str(place)) as folder:
            assert [path for path, _ in folder.walk()] == ["/a", "/b", "/c"]
        with pytest.raises(FileReadError, match="cannot enter"):
            NamedFolder(str(place / "d/f"))

    as_user(MALLORY, entered)
