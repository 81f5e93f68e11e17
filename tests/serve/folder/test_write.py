"""How the files of a server's folder are written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from distrorocks.serve.folder.write import signatures, write_outputs
from distrorocks.system.files.atomic_file import WriteError
from distrorocks.system.files.cache import signature
from distrorocks.system.files.named_folder import NamedFolder

TEXTS = {"index.html": b"page", "manifest-5.4": b"five", "manifest": b"all"}


def write(folder: Path, texts: dict[str, bytes] | None = None) -> list[str]:
    """Write the texts to a folder."""
    with NamedFolder(str(folder)) as opened:
        return write_outputs(opened, TEXTS if texts is None else texts)


def content(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder, hidden ones too."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    """The others keep their times, so clients need not fetch them again."""
    assert write(tmp_path) == list(TEXTS)
    before = signature(f"{tmp_path}/index.html")
    assert write(tmp_path, {**TEXTS, "manifest": b"new"}) == ["manifest"]
    assert signature(f"{tmp_path}/index.html") == before
    assert write(tmp_path, {**TEXTS, "manifest": b"new"}) == []


def test_everybody_can_read_them(tmp_path: Path) -> None:
    """Whatever the umask of this process is."""
    old = os.umask(0o077)
    try:
        write(tmp_path)
    finally:
        os.umask(old)
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in TEXTS} == {0o644}


def test_they_get_their_names_in_order_after_all_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader finds no new manifest before what it goes with is there."""
    steps: list[tuple[str, str]] = []
    create, rename = NamedFolder.create, NamedFolder.rename

    def noted_create(self: NamedFolder, path: str, *given: object) -> None:
        steps.append(("create", path.rpartition("-")[2]))
        create(self, path, *given)  # type: ignore[arg-type]

    def noted_rename(self: NamedFolder, old: str, new: str) -> None:
        steps.append(("rename", new))
        rename(self, old, new)

    monkeypatch.setattr(NamedFolder, "create", noted_create)
    monkeypatch.setattr(NamedFolder, "rename", noted_rename)
    write(tmp_path)
    assert [step for step, _ in steps] == ["create"] * 3 + ["rename"] * 3
    assert [name for step, name in steps if step == "rename"] == [f"/{name}" for name in TEXTS]


@pytest.mark.parametrize("failing", ["create", "sync", "rename"])
def test_a_failure_leaves_the_old_files_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    """The disk may be full at any step."""
    write(tmp_path)
    before = content(tmp_path)

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(NamedFolder, failing, fail)
    with pytest.raises(WriteError, match="No space left") as caught:
        write(tmp_path, dict.fromkeys(TEXTS, b"new"))
    assert "still serve" in caught.value.hint
    assert content(tmp_path) == before


def test_an_interruption_leaves_no_temporary_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while the files are synced."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(NamedFolder, "sync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path)
    assert content(tmp_path) == {}


def test_a_directory_in_the_way_is_found_before_anything_is_written(tmp_path: Path) -> None:
    """Whatever its place in the order."""
    (tmp_path / "manifest").mkdir()
    with pytest.raises(WriteError, match="is a directory"):
        write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["manifest"]


def test_signatures_are_those_of_regular_files(tmp_path: Path) -> None:
    """A link or nothing has none."""
    write(tmp_path)
    (tmp_path / "link").symlink_to("manifest")
    with NamedFolder(str(tmp_path)) as folder:
        found = signatures(folder, ["manifest", "link", "none"])
    assert found == {"manifest": signature(f"{tmp_path}/manifest"), "link": (), "none": ()}
