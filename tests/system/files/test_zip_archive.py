"""One member is read from a zip at a bounded cost, and equal files give equal zips."""

from __future__ import annotations

import contextlib
import os
import stat
import tracemalloc
import zipfile
from io import BytesIO

import pytest
from hypothesis import given, strategies as st

from distrorocks.system.files.archive_member import ArchiveError
from distrorocks.system.files.strict_zip import content_of, read_zip
from distrorocks.system.files.zip_archive import ZipError, ZippedFile, read_member, zip_of

NAME = "a-1-1.rockspec"

FILES = {
    "b/x": ZippedFile(b"x" * 100),
    "a": ZippedFile(b""),
    "bin/t": ZippedFile(b"#!/bin/sh\n", True),
}


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def refusal(archive: bytes, limit: int = 1000) -> str:
    """Return why an archive's member cannot be read."""
    with pytest.raises(ZipError) as caught:
        read_member(archive, NAME, limit)
    return caught.value.brief


def test_a_member_is_read() -> None:
    """Packed or stored, with other members around it."""
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        archive = zipped(("../evil", b"x"), (NAME, b"text"), ("b/", b""), method=method)
        assert read_member(archive, NAME, 1000) == b"text"


def test_a_bomb_is_refused_unopened() -> None:
    """A member that says it is larger than the limit is not unpacked."""
    archive = zipped((NAME, b"\0" * 50_000_000))
    tracemalloc.start()
    assert "more than 1000 bytes" in refusal(archive)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_a_bomb_that_lies_about_its_size_is_cut_off() -> None:
    """The size in the archive is only a claim."""
    archive = bytearray(zipped((NAME, b"\0" * 50_000_000)))
    at = archive.rfind(b"PK\x01\x02")
    archive[at + 24 : at + 28] = (10).to_bytes(4, "little")
    assert refusal(bytes(archive))


def test_other_members_may_be_bombs() -> None:
    """They are not looked at."""
    archive = zipped(("bomb", b"\0" * 50_000_000), (NAME, b"text"))
    assert read_member(archive, NAME, 1000) == b"text"


def test_a_name_that_stands_twice_is_refused() -> None:
    """Two programs could take two of them."""
    with pytest.warns(UserWarning, match="Duplicate"):
        archive = zipped((NAME, b"one"), (NAME, b"two"))
    assert "twice" in refusal(archive)


def test_other_ways_to_pack_are_refused() -> None:
    """LZMA asks for as much memory as it likes."""
    assert "in an unknown way" in refusal(zipped((NAME, b"x"), method=zipfile.ZIP_LZMA))


@pytest.mark.parametrize("archive", [b"", b"<html>", b"PK\x05\x06", b"x" * 100_000])
def test_what_is_no_zip_is_refused(archive: bytes) -> None:
    """As a server's error page is none."""
    assert "not a zip archive" in refusal(archive)


def test_a_lack_is_told() -> None:
    """The error names what is not there."""
    assert NAME in refusal(zipped(("b", b"")))


def test_a_directory_past_all_reason_is_not_read() -> None:
    """Its size is looked at before its entries."""
    archive = bytearray(zipped((NAME, b"x")))
    archive[-10:-6] = (1 << 30).to_bytes(4, "little")
    assert "too long" in refusal(bytes(archive))


@given(st.data())
def test_damage_is_an_error_or_harmless(data: st.DataObject) -> None:
    """Whatever bytes change, there is the member or a ``ZipError``."""
    archive = bytearray(zipped((NAME, b"text" * 20), ("b", b"c")))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(archive) - 1))
        archive[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ZipError):
        assert len(read_member(bytes(archive), NAME, 1000)) <= 1000


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
