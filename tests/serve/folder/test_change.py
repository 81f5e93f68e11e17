"""Adding files to a server's folder, and removing them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from distrorocks.errors import DistrorocksError, NegativeError, UsageError
from distrorocks.serve.folder.change import (
    Changed,
    add_to_folder,
    read_new_files,
    remove_from_folder,
)
from distrorocks.serve.folder.publish import publish
from distrorocks.servers.rock_check import RockCheckError
from distrorocks.system.files.atomic_file import WriteError
from distrorocks.system.files.bounded_file import FileReadError
from distrorocks.system.files.named_folder import NamedFolder
from distrorocks.system.lua.jail import Jail
from tests.serve.folder.folders import rock, rockspec
from tests.serve.folder.test_publish import listed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a published folder with one rock of two versions, one of them with two files."""
    directory = tmp_path / "server"
    directory.mkdir()
    rockspec(directory, "old")
    rockspec(directory, "old", version="2.0-1")
    rock(directory, "old", version="2.0-1")
    publish(str(directory))
    return directory


SOME = ("old-2.0-1.src.rock", "old-1.0-1.rockspec")


def change(folder: Path, *paths: Path) -> Changed:
    """Add files."""
    with Jail() as jail:
        return add_to_folder(str(folder), read_new_files([str(path) for path in paths], jail))


def add(folder: Path, *paths: Path) -> list[str]:
    """Add files, and return the names of those that were not there."""
    return change(folder, *paths).names


def test_added_files_are_listed(folder: Path, tmp_path: Path) -> None:
    """Rockspecs and rocks at once, in every manifest."""
    assert add(folder, rockspec(tmp_path, "new"), rock(tmp_path, "other")) == [
        "new-1.0-1.rockspec",
        "other-1.0-1.src.rock",
    ]
    assert listed(folder) == listed(folder, "manifest-5.4") == {"old", "new", "other"}


def test_a_file_that_is_there_is_not_added_again(folder: Path) -> None:
    """The same content changes nothing; other content replaces it."""
    path = folder / "old-1.0-1.rockspec"
    assert add(folder, path) == []
    assert add(folder, rockspec(folder.parent, "old", '"lua >= 5.3"')) == [path.name]
    assert "lua >= 5.3" in path.read_text()


def test_a_file_that_was_another_one_is_told(folder: Path, tmp_path: Path) -> None:
    """Who has the old one of that version gets no new one: whoever replaces it should know."""
    other, new = rockspec(tmp_path, "old", '"lua >= 5.3"'), rockspec(tmp_path, "new")
    done = change(folder, other, new, folder / "old-2.0-1.src.rock")
    assert done.warnings == (f"{folder}/old-1.0-1.rockspec was another file, and is replaced",)
    assert change(folder, other, new).warnings == ()


@pytest.mark.parametrize("content", [b"", b"os.exit()", b'package="other" version="1.0-1"'])
def test_an_invalid_file_is_refused_before_anything_is_added(
    folder: Path, tmp_path: Path, content: bytes
) -> None:
    """Of several files none is added then."""
    good, bad = rockspec(tmp_path, "new"), tmp_path / "bad-1.0-1.rockspec"
    for path in (bad, bad.with_name("bad-1.0-1.all.rock")):
        path.write_bytes(content)
        with pytest.raises(RockCheckError, match="is refused"):
            add(folder, good, path)
    assert listed(folder) == {"old"}


@pytest.mark.parametrize("name", ["x.rock", "foo.tar.gz", "a b-1-1.rockspec", "foo-1.rockspec"])
def test_what_is_not_named_like_a_rock_is_refused(folder: Path, name: str) -> None:
    """With the form that a name has."""
    with pytest.raises(UsageError, match="is not named like a rock"):
        add(folder, folder / name)


def test_a_missing_file_and_a_missing_folder_are_errors(folder: Path, tmp_path: Path) -> None:
    """Neither makes anything."""
    with pytest.raises(FileReadError):
        add(folder, tmp_path / "no-1-1.rockspec")
    with pytest.raises(DistrorocksError, match="Cannot access"):
        add(tmp_path / "none", rockspec(tmp_path, "new"))
    assert not (tmp_path / "none").exists()


def test_a_link_in_the_place_of_a_new_file_is_replaced(folder: Path, tmp_path: Path) -> None:
    """What it leads to stays as it is."""
    aim = tmp_path / "aim"
    aim.write_text("mine")
    (folder / "new-1.0-1.rockspec").symlink_to(aim)
    add(folder, rockspec(tmp_path, "new"))
    assert aim.read_text() == "mine"
    assert not (folder / "new-1.0-1.rockspec").is_symlink()


@pytest.mark.parametrize(
    ("operands", "gone"),
    [
        (("old", "1.0-1"), {"old-1.0-1.rockspec"}),
        (("old", "2.0-1"), {"old-2.0-1.rockspec", "old-2.0-1.src.rock"}),
        (("OLD", "1.0-1"), {"old-1.0-1.rockspec"}),
        (("old-2.0-1.src.rock",), {"old-2.0-1.src.rock"}),
        (
            ("./x/old-2.0-1.src.rock", "old-1.0-1.rockspec"),
            {"old-2.0-1.src.rock", "old-1.0-1.rockspec"},
        ),
    ],
)
def test_a_version_or_single_files_are_removed(
    folder: Path, operands: Sequence[str], gone: set[str]
) -> None:
    """With the names of all that went."""
    before = {path.name for path in folder.iterdir()}
    assert set(remove_from_folder(str(folder), operands).names) == gone
    assert before - {path.name for path in folder.iterdir()} == gone
    assert not any(name in (folder / "SHA256SUMS").read_text() for name in gone)


def test_what_belongs_to_a_file_goes_with_it(folder: Path) -> None:
    """Its signature and its audit; what is named otherwise stays."""
    for ending in (".asc", ".audit.json", ".txt"):
        (folder / f"old-1.0-1.rockspec{ending}").write_text("")
    remove_from_folder(str(folder), ("old", "1.0-1"))
    assert [path.name for path in folder.glob("old-1.0*")] == ["old-1.0-1.rockspec.txt"]


@pytest.mark.parametrize("operands", [("old", "3.0-1"), ("no-1-1.rockspec",), ("new", "1.0-1")])
def test_what_is_not_there_is_not_removed(folder: Path, operands: Sequence[str]) -> None:
    """The answer is no, and nothing else goes."""
    with pytest.raises(NegativeError, match="has no"):
        remove_from_folder(str(folder), operands)
    assert listed(folder) == {"old"}


@pytest.mark.parametrize("operands", [("old",), ("old", "1.0-1", "2.0-1"), ()])
def test_a_rock_needs_its_version(folder: Path, operands: Sequence[str]) -> None:
    """All versions at once are too easily removed."""
    told = "is neither a name with a version nor a file" if operands else "no rock given"
    with pytest.raises(UsageError, match=told):
        remove_from_folder(str(folder), operands)


def test_no_manifest_lists_what_is_gone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifests are written first, so a client never asks for a file that is missing."""

    def fail(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(NamedFolder, "remove_file", fail)
    with pytest.raises(WriteError, match="cannot remove") as caught:
        remove_from_folder(str(folder), ("old", "1.0-1"))
    assert "no manifest lists it" in caught.value.hint
    assert (folder / "old-1.0-1.rockspec").exists()
    assert "1.0-1" not in (folder / "manifest").read_text()


def test_after_removing_the_next_run_has_nothing_to_do(folder: Path) -> None:
    """The folder is published as it is."""
    remove_from_folder(str(folder), ("old", "1.0-1"))
    assert publish(str(folder)).written == []
