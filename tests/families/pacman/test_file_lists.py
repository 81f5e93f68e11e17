"""pacman's lists of files are read without it."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import tracemalloc
from pathlib import Path

import pytest

from distrorocks.families.ordinary import Listings
from distrorocks.families.pacman.repositories import DIRECTORY, read_listings
from distrorocks.packaging.plan.observe import read_own_packages

ENTRIES = {
    "lua-say-1:1.4.1-3/desc": "%NAME%\nlua-say\n",
    "lua-say-1:1.4.1-3/files": "%FILES%\nusr/\nusr/share/lua/5.5/say/init.lua\n",
    "lua51-say-1:1.4.1-3/files": "%FILES%\nusr/share/lua/5.1/say/init.lua\n",
    "bash-5.2-1/files": "%FILES%\nusr/bin/bash\n",
}


def put(root: Path, name: str) -> Path:
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
    put(tmp_path, "extra.files")
    found = read_listings(str(tmp_path))
    assert found.files == {
        "lua-say": ("/usr/share/lua/5.5/say/init.lua",),
        "lua51-say": ("/usr/share/lua/5.1/say/init.lua",),
    }
    assert found.versions == {"lua-say": "1.4.1", "lua51-say": "1.4.1"}
    assert found.warnings == ()


def test_packages_for_each_lua_are_one(tmp_path: Path) -> None:
    """On Arch they name what PKGBUILDs need."""
    put(tmp_path, "extra.files")
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/os-release").write_text("ID=arch\n")
    own = read_own_packages(str(tmp_path), "arch", frozenset())
    assert own.modules == {"lua-say": frozenset({"say"})}
    assert own.versions == {"lua-say": "1.4.1"}
    assert own.sources[0] == "pacman's lists of files of this system"


def test_damage_is_told(tmp_path: Path) -> None:
    """A list that was cut off is named, one that was never fetched is not missed."""
    assert read_listings(str(tmp_path)) == Listings("pacman's lists of files")
    path = put(tmp_path, "extra.files")
    path.write_bytes(path.read_bytes()[:150])
    assert "extra.files" in read_listings(str(tmp_path)).warnings[0]


def header(kind: bytes, size: int) -> bytes:
    """Return a header that says of what kind it is, and how much follows."""
    member = tarfile.TarInfo("x")
    member.type, member.size = kind, size
    return member.tobuf()


@pytest.mark.parametrize(
    "raw",
    [
        (header(tarfile.GNUTYPE_LONGNAME, 512) + b"x" * 512) * 20_000,
        header(tarfile.XHDTYPE, 400 << 20) + b"\0" * (400 << 20),
        header(tarfile.XHDTYPE, 32) + b"99999999999999999999 path=x\n".ljust(512, b"\0"),
    ],
    ids=["headers-of-headers", "long-header", "length-of-a-field"],
)
def test_hostile_headers_are_told(raw: bytes, tmp_path: Path) -> None:
    """Neither depth nor length of headers costs more than a warning; memory has a bound."""
    path = put(tmp_path, "extra.files")
    path.write_bytes(gzip.compress(raw, 1))
    del raw
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
    path = put(tmp_path, "extra.files")
    path.unlink()
    os.mkfifo(path)
    assert read_listings(str(tmp_path)) == Listings("pacman's lists of files")


@pytest.mark.parametrize(
    "content", [b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\0", b"\0" * 512, b"x" * 512]
)
def test_a_file_cut_short_is_told(tmp_path: Path, content: bytes) -> None:
    """Wherever: Python's reader has an error of its own for some places."""
    put(tmp_path, "extra.files").write_bytes(content)
    assert len(read_listings(str(tmp_path)).warnings) <= 1
