"""What pacman could install, out of the archives that it last fetched."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import tracemalloc
from pathlib import Path

import pytest

from distrorocks.families.package import Indexed, Listings
from distrorocks.families.pacman.family import FAMILY
from distrorocks.families.pacman.repositories import DIRECTORY, read_listings
from distrorocks.packaging.plan.package_lists import read_own_packages

ENTRY = "%NAME%\n{name}\n\n%VERSION%\n{version}\n\n%ARCH%\n{arch}\n"

ENTRIES = {
    "lua-say-1:1.4.1-3/desc": "%NAME%\nlua-say\n",
    "lua-say-1:1.4.1-3/files": "%FILES%\nusr/\nusr/share/lua/5.5/say/init.lua\n",
    "lua51-say-1:1.4.1-3/files": "%FILES%\nusr/share/lua/5.1/say/init.lua\n",
    "bash-5.2-1/files": "%FILES%\nusr/bin/bash\n",
}


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


def put_list(root: Path, name: str) -> Path:
    """Put a repository's list where pacman does."""
    path = root / DIRECTORY.lstrip("/") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for entry, text in ENTRIES.items():
            member = tarfile.TarInfo(entry)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


def test_each_package_has_its_files_and_version(tmp_path: Path) -> None:
    """Epoch and release are no part of it; packages without Lua do not count."""
    put_list(tmp_path, "extra.files")
    found = read_listings(str(tmp_path))
    assert found.files == {
        "lua-say": ("/usr/share/lua/5.5/say/init.lua",),
        "lua51-say": ("/usr/share/lua/5.1/say/init.lua",),
    }
    assert found.versions == {"lua-say": "1.4.1", "lua51-say": "1.4.1"}
    assert found.warnings == ()


def test_files_of_all_packages_are_found_by_the_ends_of_their_paths(tmp_path: Path) -> None:
    """Where builds look alone."""
    files = "%FILES%\nusr/include/y.h\nusr/include/yy.h\nusr/share/doc/y.h\n"
    place = tmp_path / DIRECTORY.lstrip("/")
    place.mkdir(parents=True)
    entries = {"y-2:1.0-1/files": files, "bash-5.2-1/files": "%FILES%\nusr/bin/bash\n"}
    with tarfile.open(place / "extra.files", "w:gz") as archive:
        for name, text in entries.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    assert FAMILY.find_offered(str(tmp_path), ("/y.h",)) == (Indexed("/usr/include/y.h", "y"),)
    assert FAMILY.find_offered(str(tmp_path), ()) == ()


def test_packages_for_each_lua_are_one(tmp_path: Path) -> None:
    """On Arch they name what PKGBUILDs need."""
    put_list(tmp_path, "extra.files")
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text("ID=arch\n")
    own = read_own_packages(str(tmp_path), "arch", frozenset())
    assert own.modules == {"lua-say": frozenset({"say"})}
    assert own.versions == {"lua-say": "1.4.1"}
    assert own.sources[0] == "pacman's lists of files of this system"


def test_damage_is_told(tmp_path: Path) -> None:
    """A list that was cut off is named, one that was never fetched is not missed."""
    assert read_listings(str(tmp_path)) == Listings("pacman's lists of files")
    path = put_list(tmp_path, "extra.files")
    path.write_bytes(path.read_bytes()[:150])
    assert "extra.files" in read_listings(str(tmp_path)).warnings[0]


def header(kind: bytes, size: int) -> bytes:
    """Return a header that says of what kind it is, and how much follows."""
    member = tarfile.TarInfo("x")
    member.type, member.size = kind, size
    return member.tobuf()


@pytest.mark.parametrize(
    ("begun", "times", "zeros"),
    [
        (header(tarfile.GNUTYPE_LONGNAME, 512) + b"x" * 512, 20_000, 0),
        (header(tarfile.XHDTYPE, 400 << 20), 1, 400),
        (header(tarfile.XHDTYPE, 32) + b"99999999999999999999 path=x\n".ljust(512, b"\0"), 1, 0),
    ],
    ids=["headers-of-headers", "long-header", "length-of-a-field"],
)
def test_hostile_headers_are_told(begun: bytes, times: int, zeros: int, tmp_path: Path) -> None:
    """Neither depth nor length of headers costs more than a warning; memory has a bound."""
    path = put_list(tmp_path, "extra.files")
    with gzip.open(path, "wb", 1) as file:
        file.write(begun * times)
        for _ in range(zeros):  # megabytes
            file.write(bytes(1 << 20))
    tracemalloc.start()
    try:
        files, _, warnings = read_listings(str(tmp_path))[1:]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert files == {}
    assert "extra.files" in warnings[0]
    assert peak < 64 << 20


def test_a_fifo_is_no_list(tmp_path: Path) -> None:
    """It is passed over, as what is no file at all."""
    path = put_list(tmp_path, "extra.files")
    path.unlink()
    os.mkfifo(path)
    assert read_listings(str(tmp_path)) == Listings("pacman's lists of files")


@pytest.mark.parametrize(
    "content", [b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\0", b"\0" * 512, b"x" * 512]
)
def test_a_file_cut_short_is_told(tmp_path: Path, content: bytes) -> None:
    """Wherever: Python's reader has an error of its own for some places."""
    put_list(tmp_path, "extra.files").write_bytes(content)
    assert len(read_listings(str(tmp_path)).warnings) <= 1
