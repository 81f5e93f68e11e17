"""Sources out of archives: what is there, and nothing that leads out of them."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile

import pytest

from distrorocks.packaging.source import archive as source_archive
from distrorocks.packaging.source.archive import archive_members
from distrorocks.packaging.source.members import SourcesError, below, single_top


def tar(files: dict[str, bytes], *, links: tuple[str, ...] = ()) -> bytes:
    """Return a tar.gz."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(content), 1_577_880_000
            archive.addfile(member, io.BytesIO(content))
        for name in links:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(member)
    return packed.getvalue()


def test_a_tar_is_listed_with_its_texts_and_date() -> None:
    """Licence files, READMEs and the beginnings of sources are kept."""
    found = archive_members(
        tar({"a/LICENSE": b"MIT", "a/x.lua": b"-- x", "a/y.png": b"y"}), "a.tgz"
    )
    assert found.files == ("a/LICENSE", "a/x.lua", "a/y.png")
    assert found.texts == {"a/LICENSE": "MIT", "a/x.lua": "-- x"}
    assert found.date == 1_577_880_000
    assert single_top(found.files) == "a"
    assert below(found, "a").texts["LICENSE"] == "MIT"


def test_paths_out_of_the_sources_are_skipped() -> None:
    """Absolute paths, ``..``, links and control characters are no files of the sources."""
    names = {
        "/etc/x.lua": b"",
        "../x.lua": b"",
        "a/../../x.lua": b"",
        "a\nb.lua": b"",
        "ok.lua": b"",
    }
    found = archive_members(tar(names, links=("LICENSE",)), "a.tar.gz")
    assert found.files == ("ok.lua",)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../x.lua", "")
        archive.writestr("ok.lua", "")
    assert archive_members(packed.getvalue(), "a.zip").files == ("ok.lua",)


def test_an_archive_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """An archive that unpacks to more than the limit is not unpacked."""
    monkeypatch.setattr(source_archive, "MOST_BYTES", 1 << 16)
    with pytest.raises(SourcesError, match="bytes"):
        archive_members(gzip.compress(b"\0" * (1 << 20)), "a.tar.gz")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.lua", b"\0" * (1 << 20))
    with pytest.raises(SourcesError, match="bytes"):
        archive_members(packed.getvalue(), "a.zip")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x1f\x8b\x08\0", b"BZh9xx", b"x" * 600])
def test_a_damaged_archive_is_an_error(content: bytes) -> None:
    """A file that is no archive, or half of one, raises an error of ours."""
    with pytest.raises(SourcesError):
        archive_members(content, "a.tar.gz")


def test_a_member_without_a_name_is_an_error() -> None:
    """A zip may contain one, for which Python's reader raises an IndexError."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("x", b"y")
        archive.filelist[0].filename = ""
    content = packed.getvalue()
    with pytest.raises(SourcesError):
        archive_members(content, "a.zip")


def test_an_impossible_size_is_an_error() -> None:
    """A tar may declare a size to which no file can be positioned."""
    member = tarfile.TarInfo("a/x.lua")
    head = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    head[124:136] = b"\x80" + b"\x7f" * 11
    head[148:156] = b" " * 8
    head[148:156] = b"%06o\0 " % sum(head)
    with pytest.raises(SourcesError):
        archive_members(bytes(head) + b"\0" * 1024, "a.tar")
