"""The record of a mirror says which files need not be fetched, and is never believed blindly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from distrorocks.serve.mirror.record import NAME, Entry, MirrorFolder, parse_record, record_text
from distrorocks.system.files.atomic_file import WriteError
from distrorocks.system.files.named_folder import NamedFolder

FILE = "a-1-1.src.rock"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[NamedFolder]:
    """An open folder."""
    with NamedFolder(str(tmp_path)) as opened:
        yield opened


def put(folder: NamedFolder, content: bytes = b"rock", origin: str = "here") -> MirrorFolder:
    """Put a file, and return the folder as the next run finds it."""
    MirrorFolder(folder).put(FILE, content, rockspec=b"spec", origin=origin)
    return MirrorFolder(folder)


def test_a_record_is_sorted_and_read_back() -> None:
    """Equal entries are equal bytes, in any order."""
    entries = {"b": Entry("1", "2", "3"), "a": Entry("4", "5", "6")}
    assert parse_record(record_text(entries)) == entries
    assert record_text(entries) == record_text(dict(sorted(entries.items())))


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"{", b"[]", b"[" * 100_000, b'{"files": []}', b'{"files": {"a": 1}}'),
        *(b"\xff", b'{"files": {"a": {"sha256": "x"}}}'),
        b'{"files": {"a": {"sha256": 1, "rockspec": "", "origin": ""}}}',
    ],
)
def test_what_is_no_record_only_costs_work(text: bytes) -> None:
    """It has no entries."""
    assert parse_record(text) == {}


def test_a_file_is_there_for_the_rockspec_that_it_was_taken_for(folder: NamedFolder) -> None:
    """A new rockspec on the server is a new rock; the origin counts where it is asked for."""
    known = put(folder)
    assert known.has(FILE, b"spec")
    assert known.has(FILE, b"spec", origin="here")
    assert not known.has(FILE, b"other")
    assert not known.has(FILE, b"spec", origin="there")
    assert not known.has("b-1-1.src.rock", b"spec")


@pytest.mark.parametrize("damage", ["changed", "gone", "directory"])
def test_a_file_that_is_not_what_was_recorded_is_not_there(
    folder: NamedFolder, tmp_path: Path, damage: str
) -> None:
    """It is fetched again, and mended."""
    known = put(folder)
    path = tmp_path / FILE
    path.unlink()
    if damage == "changed":
        path.write_bytes(b"Rock")
    elif damage == "directory":
        path.mkdir()
    known = MirrorFolder(folder)
    assert not known.has(FILE, b"spec")
    if damage != "directory":
        known.put(FILE, b"rock", rockspec=b"spec", origin="here")
        assert known.has(FILE, b"spec")
        assert path.read_bytes() == b"rock"


def test_the_record_is_there_before_the_file(
    folder: NamedFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that is killed between them leaves a record of a file that is missing."""
    monkeypatch.setattr(MirrorFolder, "put_plain", lambda *_: None)
    known = put(folder)
    assert not known.has(FILE, b"spec")
    assert json.loads((tmp_path / NAME).read_text())["files"][FILE] == {
        "sha256": sha256(b"rock").hexdigest(),
        "rockspec": sha256(b"spec").hexdigest(),
        "origin": "here",
    }


def test_what_another_program_added_is_known_by_its_missing_record(
    folder: NamedFolder, tmp_path: Path
) -> None:
    """It may be used after a check."""
    known = put(folder)
    (tmp_path / "b-1-1.all.rock").write_bytes(b"added")
    assert known.added("b-1-1.all.rock") == b"added"
    assert known.added(FILE) is None
    assert known.added("c-1-1.all.rock") is None


def test_a_folder_that_cannot_be_written_is_told(
    folder: NamedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the path and the reason."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(NamedFolder, "create", fail)
    with pytest.raises(WriteError, match=r"cannot write .*/mirror.json: No space left") as error:
        put(folder)
    assert "--to" in error.value.hint
