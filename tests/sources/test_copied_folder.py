"""A folder is copied for a build: all that a build may need, and nothing from outside of it."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from distrorocks.rocks.rockspec import Rockspec
from distrorocks.sources import copied_folder
from distrorocks.sources.copied_folder import copy_folder
from distrorocks.sources.fetch import Fetched, SourceRequest, fetch_sources
from distrorocks.sources.patches import MARKER
from distrorocks.sources.source import SourceError
from tests.sources.fetching import files, rockspec, tree


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with a few files, beside an empty folder for the copy."""
    place = tmp_path / "project"
    (place / "src").mkdir(parents=True)
    (place / "src/a.lua").write_text("return 1")
    (place / "tool").write_text("#!/bin/sh\n")
    (place / "tool").chmod(0o700)
    (tmp_path / "copy").mkdir()
    return place


def test_files_modes_and_dates_are_copied(place: Path) -> None:
    """Modes are made plain; a date decides for make whether a file is new."""
    os.utime(place / "src/a.lua", (1000, 1000))
    copy = place.parent / "copy"
    assert copy_folder(str(place), str(copy)) == ()
    assert tree(copy) == {"src/a.lua": "644 return 1", "tool": "755 #!/bin/sh\n"}
    assert (copy / "src/a.lua").stat().st_mtime == 1000


def test_links_stay_inside(place: Path) -> None:
    """A link inside is copied as a link; one that leads out is told and left out."""
    (place / "inside").symlink_to("src/a.lua")
    (place / "dangling").symlink_to("nothing")
    (place / "src/out").symlink_to("../../secret")
    (place / "far").symlink_to("/etc/passwd")
    copy = place.parent / "copy"
    left = copy_folder(str(place), str(copy))
    assert [each.path for each in left] == ["far", "src/out"]
    assert "'far' is left out of the build: it is a link out" in str(left[0])
    assert (copy / "inside").readlink() == Path("src/a.lua")
    assert not os.path.lexists(copy / "far")


def test_what_is_no_file_is_told(place: Path) -> None:
    """FIFOs and sockets are not opened."""
    os.mkfifo(place / "fifo")
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(str(place / "socket"))
    left = copy_folder(str(place), str(place.parent / "copy"))
    assert [str(each).partition(": ")[2] for each in left] == ["it is a special file"] * 2


def test_version_control_is_left_out(place: Path) -> None:
    """As from a checkout, at every level and without a word."""
    for above in (place, place / "src"):
        (above / ".git").mkdir()
        (above / ".git/config").write_text("")
    (place / "src/.hg").write_text("")
    copy = place.parent / "copy"
    assert copy_folder(str(place), str(copy)) == ()
    assert sorted(tree(copy)) == ["src/a.lua", "tool"]


@pytest.mark.parametrize(("limit", "told"), [("MOST_FILES", "2 files"), ("MOST_BYTES", "2 bytes")])
def test_a_folder_that_is_too_large_is_refused(
    place: Path, monkeypatch: pytest.MonkeyPatch, limit: str, told: str
) -> None:
    """Somebody ran it at home."""
    monkeypatch.setattr(copied_folder, limit, 2)
    with pytest.raises(SourceError, match=f"it has more than {told}"):
        copy_folder(str(place), str(place.parent / "copy"))


def test_a_file_that_is_too_large_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are copied."""
    monkeypatch.setattr(copied_folder, "MOST_UNPACKED", 8)
    [left] = copy_folder(str(place), str(place.parent / "copy"))
    assert left.path == "tool"
    assert "more than 8 bytes" in left.why


def test_the_original_is_left_alone_by_patches(place: Path) -> None:
    """Extra files are written to the copy, unless LuaRocks has put them into the folder already."""
    spec = rockspec('url = "nonsense"', build='extra_files = { ["b.lua"] = "return 2" }')
    found = copied(spec, place, "first")
    assert sorted(tree(found.directory)) == [MARKER, "b.lua", "src/a.lua", "tool"]
    assert sorted(tree(place)) == ["src/a.lua", "tool"]
    (place / MARKER).write_text("")
    assert "b.lua" not in tree(copied(spec, place, "second").directory)


def test_the_digest_is_that_of_the_copy(place: Path) -> None:
    """The same files have the same digest, others another one."""
    spec = rockspec('url = "nonsense"')
    first = copied(spec, place, "first").digest
    assert copied(spec, place, "second").digest == first
    (place / "new").write_text("")
    assert copied(spec, place, "third").digest != first


def copied(spec: Rockspec, place: Path, name: str) -> Fetched:
    """Take the sources of a rock from a folder."""
    request = SourceRequest(spec, str(place.parent / name), copied_from=str(place))
    return fetch_sources([request], files())[0]
