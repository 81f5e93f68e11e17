"""The content of archives in memory."""

from __future__ import annotations

import io
import tarfile

import pytest

from distrorocks.system.files.archive_content import tar_content, zip_content
from distrorocks.system.files.archive_member import ArchiveError
from distrorocks.system.files.zip_archive import ZippedFile, zip_of


def tar(*members: tuple[str, bytes, int, str]) -> bytes:
    """Return a tar of (name, content or type of link, mode, target) members."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, content, mode, target in members:
            member = tarfile.TarInfo(name)
            member.mode, member.linkname = mode, target
            if target:
                member.type = content
            elif name.endswith("/"):
                member.type = tarfile.DIRTYPE
            else:
                member.size = len(content)
            archive.addfile(member, io.BytesIO(content) if not target else None)
    return written.getvalue()


def test_a_tar_has_files_links_and_directories() -> None:
    """Programs keep their mode, hard links become files."""
    archive = tar(
        ("./top/", b"", 0o755, ""),
        ("./top/run", b"x", 0o755, ""),
        ("./top/text", b"y", 0o644, ""),
        ("./top/same", tarfile.LNKTYPE, 0o644, "./top/text"),
        ("./top/link", tarfile.SYMTYPE, 0o777, "text"),
    )
    found = tar_content(archive)
    assert found.files == {
        "top/run": ZippedFile(b"x", True),
        "top/text": ZippedFile(b"y"),
        "top/same": ZippedFile(b"y"),
    }
    assert found.links == {"top/link": "text"}
    assert found.directories == {"top"}


def test_a_zip_has_files() -> None:
    """A zip is read by the strict reader."""
    archive = zip_of({"lib/x.so": ZippedFile(b"x"), "doc/y": ZippedFile(b"y")})
    found = zip_content(archive)
    assert found.files == {"lib/x.so": ZippedFile(b"x", True), "doc/y": ZippedFile(b"y")}


def test_only_a_systems_archive_may_link_anywhere() -> None:
    """A link out is refused, but kept, unfollowed, where the archive is that of a package."""
    archive = tar(("./etc/x", tarfile.SYMTYPE, 0o777, "/etc/shadow"))
    with pytest.raises(ArchiveError, match="points outside"):
        tar_content(archive)
    assert tar_content(archive, is_system=True).links == {"etc/x": "/etc/shadow"}


def test_damage_is_told() -> None:
    """What is no archive, or ends too early, is an error."""
    archive = tar(("./x", b"x" * 2000, 0o644, ""))
    for damaged in (b"x" * 512, archive[:1024]):
        with pytest.raises(ArchiveError):
            tar_content(damaged)
    with pytest.raises(ArchiveError):
        zip_content(zip_of({"x": ZippedFile(b"x")})[:-5])
