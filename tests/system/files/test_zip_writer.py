"""Archives whose bytes follow from their content."""

from __future__ import annotations

import os
import stat
import zipfile
from io import BytesIO

import pytest
from hypothesis import given, strategies as st

from distrorocks.system.files.archive_member import ArchiveError
from distrorocks.system.files.strict_zip import content_of, read_zip
from distrorocks.system.files.zip_writer import ZippedFile, zip_of

FILES = {
    "b/x": ZippedFile(b"x" * 100),
    "a": ZippedFile(b""),
    "bin/t": ZippedFile(b"#!/bin/sh\n", True),
}


def test_the_order_of_files_does_not_matter() -> None:
    """The same files in another order give the same bytes."""
    assert zip_of(FILES) == zip_of(dict(reversed(FILES.items())))


def test_members_have_fixed_times_and_modes() -> None:
    """Members are in byte order, of 1980, readable by all, and programs can be run."""
    with zipfile.ZipFile(BytesIO(zip_of(FILES))) as archive:
        found = archive.infolist()
    assert [each.filename for each in found] == ["a", "b/x", "bin/t"]
    assert {each.date_time for each in found} == {(1980, 1, 1, 0, 0, 0)}
    modes = [each.external_attr >> 16 for each in found]
    assert modes == [stat.S_IFREG | mode for mode in (0o644, 0o644, 0o755)]


@given(st.dictionaries(st.sampled_from(["a", "b/c", "b/d", "ü"]), st.binary(max_size=200)))
def test_the_strict_reader_reads_it(files: dict[str, bytes]) -> None:
    """What is written is accepted by the strict reader, and has the content."""
    archive = zip_of({path: ZippedFile(content) for path, content in files.items()})
    found = {it.member.path: b"".join(content_of(archive, it)) for it in read_zip(archive)}
    assert found == files


def test_no_file_looks_like_a_bomb() -> None:
    """A file that packs to a thousandth of its size is stored: readers refuse that."""
    archive = zip_of({"zeros": ZippedFile(bytes(5 << 20)), "noise": ZippedFile(os.urandom(999))})
    assert [entry.is_packed for entry in read_zip(archive)] == [False, False]


@pytest.mark.parametrize("paths", [["../a"], ["/a"], ["a/"], [""], ["a", "a/b"], ["a\udcff"]])
def test_paths_that_are_no_members_are_refused(paths: list[str]) -> None:
    """A path must be one that every program unpacks below the top."""
    with pytest.raises(ArchiveError):
        zip_of({path: ZippedFile(b"") for path in paths})
