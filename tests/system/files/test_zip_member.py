"""One member comes out of a zip; bombs and damage are errors, and cost nothing."""

from __future__ import annotations

import contextlib
import io
import tracemalloc
import zipfile

import pytest
from hypothesis import given, strategies as st

from distrorocks.system.files.zip_member import ZipError, read_member

NAME = "a-1-1.rockspec"


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return an archive."""
    stream = io.BytesIO()
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
