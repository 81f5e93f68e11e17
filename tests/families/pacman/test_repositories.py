"""What pacman could install, out of the archives that it last fetched."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from distrorocks.families.pacman.family import FAMILY
from distrorocks.families.pacman.repositories import DIRECTORY

ENTRY = "%NAME%\n{name}\n\n%VERSION%\n{version}\n\n%ARCH%\n{arch}\n"


def put(root: Path, name: str, *packages: tuple[str, str, str]) -> Path:
    """Put a repository's database where pacman does, with (name, version, architecture) each."""
    path = root / DIRECTORY.lstrip("/") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for package, version, arch in packages:
            text = ENTRY.format(name=package, version=version, arch=arch).encode()
            member = tarfile.TarInfo(f"{package}-{version}/desc")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
    return path


def offered(root: Path, *names: str) -> list[tuple[str, str]]:
    """Return name and version of what could be installed."""
    found = FAMILY.read_offered(str(root), names)
    assert not found.warnings
    return [(package.name, package.version) for package in found.packages]


def test_packages_of_lua_and_named_ones_are_offered(tmp_path: Path) -> None:
    """The newest of all repositories, and none for another architecture."""
    machine = os.uname().machine
    put(tmp_path, "core.db", ("bash", "5.2-1", machine), ("lua-say", "1:1.4.1-3", "any"))
    put(tmp_path, "extra.db", ("lua-say", "1.9-1", "any"), ("lua-x", "1-1", "other"))
    assert offered(tmp_path) == [("lua-say", "1:1.4.1-3")]
    assert offered(tmp_path, "bash") == [("bash", "5.2-1"), ("lua-say", "1:1.4.1-3")]


def test_of_a_repository_one_archive_is_read(tmp_path: Path) -> None:
    """``.files`` counts where there is no ``.db`` beside it."""
    put(tmp_path, "extra.files", ("lua-say", "2-1", "any"))
    assert offered(tmp_path) == [("lua-say", "2-1")]
    put(tmp_path, "extra.db", ("lua-say", "1-1", "any"))
    assert offered(tmp_path) == [("lua-say", "1-1")]


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b\x08", b"x" * 512, b"\x28\xb5\x2f\xfd" * 9])
def test_what_cannot_be_read_is_told_and_left_out(tmp_path: Path, content: bytes) -> None:
    """The other repositories count."""
    put(tmp_path, "core.db", ("lua-say", "1-1", "any"))
    put(tmp_path, "extra.db").write_bytes(content)
    found = FAMILY.read_offered(str(tmp_path), ())
    assert [package.name for package in found.packages] == ["lua-say"]
    assert len(found.warnings) <= 1
