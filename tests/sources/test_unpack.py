"""Archives unpack to what LuaRocks unpacks, with modes and dates."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from distrorocks.sources.source import SourceError
from distrorocks.sources.unpack import unpack_rock, unpack_source
from distrorocks.system.processes.command import find_program
from tests.hostile.rock_writer import Tarred, Zipped, pax, tar_of, zip_of
from tests.sources.fetching import tree

MEMBERS = [
    Tarred("a/", flag=b"5", mode=0o755),
    Tarred("a/run", b"#!/bin/sh\n", mode=0o755),
    Tarred("a/deep/x.lua", b"return 1", mode=0o600),
    Tarred("a/link", flag=b"2", target="deep/x.lua"),
    Tarred("a/again", flag=b"1", target="a/run"),
]
EXPECTED = {
    "a/again": "755 #!/bin/sh\n",
    "a/deep/x.lua": "644 return 1",
    "a/run": "755 #!/bin/sh\n",
}


def zstd(content: bytes) -> bytes:
    """Return content as the program packs it."""
    return subprocess.run(["zstd", "-qc"], input=content, capture_output=True, check=True).stdout


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "tar": bytes,
    "tar.gz": gzip.compress,
    "tgz": gzip.compress,
    "tar.bz2": bz2.compress,
    "tar.xz": lzma.compress,
    "tar.zst": zstd,
}


@pytest.mark.parametrize("ending", PACKERS)
def test_a_tar_unpacks_whatever_packed_it(tmp_path: Path, ending: str) -> None:
    """Files are 0644, or 0755 with any x bit; links inside stay."""
    if ending == "tar.zst" and not find_program("zstd"):
        pytest.skip("zstd is not installed")
    unpack_source(PACKERS[ending](tar_of(MEMBERS)), f"a.{ending}", str(tmp_path))
    assert tree(tmp_path) == EXPECTED
    assert os.readlink(tmp_path / "a/link") == "deep/x.lua"
    assert (tmp_path / "a/deep").stat().st_mode & 0o7777 == 0o755
    assert not [path for path in os.listdir(tmp_path) if path != "a"]


def test_a_long_name_of_git_archive_is_the_whole_one(tmp_path: Path) -> None:
    """A PAX record wins over the name in the header, as in every program."""
    long = "a/" + "x" * 120 + ".lua"
    unpack_source(tar_of([pax("path", long), Tarred("a/short", b"1")]), "a.tar", str(tmp_path))
    assert tree(tmp_path) == {long: "644 1"}


def test_a_zip_keeps_x_bits_and_dates(tmp_path: Path) -> None:
    """Builds with make depend on the order of dates."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, mode in (("a/run", 0o755), ("a/x.lua", 0o644)):
            info = zipfile.ZipInfo(name, (2001, 2, 3, 4, 5, 6))
            info.create_system = 3
            info.external_attr = (0o100000 | mode) << 16
            archive.writestr(info, name)
    unpack_source(packed.getvalue(), "a.zip", str(tmp_path))
    assert tree(tmp_path) == {"a/run": "755 a/run", "a/x.lua": "644 a/x.lua"}
    assert 981072000 < (tmp_path / "a/run").stat().st_mtime < 981331200


def test_a_tar_keeps_dates(tmp_path: Path) -> None:
    """Also those before other files of the same archive."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, date in (("new", 2000), ("old", 1000)):
            info = tarfile.TarInfo(name)
            info.mtime = date
            archive.addfile(info)
    unpack_source(packed.getvalue(), "a.tar", str(tmp_path))
    assert [(tmp_path / name).stat().st_mtime for name in ("new", "old")] == [2000, 1000]


def test_a_later_member_replaces_an_earlier_one(tmp_path: Path) -> None:
    """As tar does; a hard link to the earlier one keeps the earlier content."""
    members = [Tarred("a", b"1"), Tarred("b", flag=b"1", target="a"), Tarred("a", b"2")]
    unpack_source(tar_of(members), "a.tar", str(tmp_path))
    assert tree(tmp_path) == {"a": "644 2", "b": "644 1"}


def test_a_single_file_is_written(tmp_path: Path) -> None:
    """A .lua or .c file needs no unpacking."""
    unpack_source(b"return 1", "x.lua", str(tmp_path))
    assert tree(tmp_path) == {"x.lua": "644 return 1"}


def test_an_unknown_extension_is_refused_with_a_hint(tmp_path: Path) -> None:
    """The hint says how a rockspec names the file."""
    with pytest.raises(SourceError, match="extension") as caught:
        unpack_source(b"", "tarball", str(tmp_path))
    assert "source.file" in caught.value.hint


def test_a_rock_unpacks_with_its_x_bits(tmp_path: Path) -> None:
    """Nothing else of the modes is kept."""
    rock = zip_of(
        [Zipped("bin/x", b"1", 0o100775), Zipped("lua/x.lua", b"2"), Zipped("doc/", b"", 0o40700)]
    )
    unpack_rock(rock, str(tmp_path))
    assert tree(tmp_path) == {"bin/x": "755 1", "lua/x.lua": "644 2"}
    assert (tmp_path / "doc").stat().st_mode & 0o7777 == 0o755
