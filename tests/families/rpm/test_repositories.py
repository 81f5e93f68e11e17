"""The files of packages in dnf's and zypper's repositories are read without them."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import pytest

from distrorocks.families.rpm.repositories import DIRECTORIES, read_filelists

FILELISTS = """<?xml version="1.0" encoding="UTF-8"?>
<filelists xmlns="http://linux.duke.edu/metadata/filelists" packages="4">
<package pkgid="00" name="bash" arch="x86_64">
  <version epoch="0" ver="5.2" rel="1"/><file>/usr/bin/bash</file></package>
<package pkgid="01" name="lua5.1-filesystem" arch="x86_64">
  <version epoch="0" ver="1.8.0" rel="1"/>
  <file type="dir">/usr/lib64/lua/5.1</file>
  <file>/usr/lib64/lua/5.1/lfs.so</file></package>
<package pkgid="02" name='lua-foo&amp;bar' arch="noarch">
  <version epoch="0" ver="1" rel="1"/>
  <file>/usr/share/lua/5.4/foo/a&amp;b.lua</file>
  <file>/usr/share/lua/5.4/foo.lua</file>
  <file>/usr/share/doc/lua/5.4/readme</file></package>
<package pkgid="03" arch="noarch"><file>/usr/share/lua/5.4/nameless.lua</file></package>
</filelists>
"""


@pytest.mark.parametrize("directory", DIRECTORIES)
@pytest.mark.parametrize("ending", ["", ".gz", ".xz"])
def test_each_package_has_its_files_of_lua(tmp_path: Path, directory: str, ending: str) -> None:
    """Of each program, however it is packed; folders and other files do not count."""
    repodata = tmp_path / directory.lstrip("/") / "fedora-0123" / "repodata"
    repodata.mkdir(parents=True)
    text = FILELISTS.replace("lua-foo&amp;bar", "lua-foo").encode()
    packed = {"": text, ".gz": gzip.compress(text), ".xz": lzma.compress(text)}
    (repodata / f"abc-filelists.xml{ending}").write_bytes(packed[ending])
    assert read_filelists(str(tmp_path)) == (
        {
            "lua5.1-filesystem": ("/usr/lib64/lua/5.1/lfs.so",),
            "lua-foo": ("/usr/share/lua/5.4/foo.lua", "/usr/share/lua/5.4/foo/a&b.lua"),
        },
        [],
    )


def test_damage_is_told(tmp_path: Path) -> None:
    """An index that was cut off is named."""
    repodata = tmp_path / "var/cache/dnf/a/repodata"
    repodata.mkdir(parents=True)
    (repodata / "filelists.xml.gz").write_bytes(gzip.compress(FILELISTS.encode())[:-9])
    assert "filelists.xml.gz" in read_filelists(str(tmp_path))[1][0]


def test_without_lists_there_is_nothing(tmp_path: Path) -> None:
    """As on most systems."""
    assert read_filelists(str(tmp_path)) == ({}, [])
