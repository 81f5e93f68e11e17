"""The packages and files of dnf's and zypper's repositories are read without them."""

from __future__ import annotations

import gzip
import lzma
import os
from pathlib import Path

import pytest

from distrorocks.families.package import Indexed, Package
from distrorocks.families.rpm.repositories import (
    DIRECTORIES,
    find_in_filelists,
    read_filelists,
    read_offered,
)
from tests.effort import little_time

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

OPENING = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<metadata xmlns="http://linux.duke.edu/metadata/common" '
    'xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="3">\n'
)


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


def test_files_of_all_packages_are_found_by_the_ends_of_their_paths(tmp_path: Path) -> None:
    """Where builds look alone; a list that cannot be read counts for nothing."""
    repodata = tmp_path / "var/cache/dnf/a/repodata"
    repodata.mkdir(parents=True)
    files = ("/usr/include/x&amp;/y.h", "/usr/share/doc/y.h", "/usr/lib64/liby.so.1", "/opt/y.h")
    lines = "".join(f"<file>{path}</file>" for path in files)
    text = (
        f'<filelists><package pkgid="0" name="y-devel" arch="x86_64">{lines}</package></filelists>'
    )
    (repodata / "0-filelists.xml").write_text(text)
    (repodata / "1-filelists.xml.gz").write_bytes(gzip.compress(text.encode())[:40])
    assert find_in_filelists(str(tmp_path), ("/y.h", "/liby.so.")) == (
        Indexed("/usr/include/x&/y.h", "y-devel"),
        Indexed("/usr/lib64/liby.so.1", "y-devel"),
    )
    assert find_in_filelists(str(tmp_path), ("/z.h",)) == ()


def test_damage_is_told(tmp_path: Path) -> None:
    """An index that was cut off is named."""
    repodata = tmp_path / "var/cache/dnf/a/repodata"
    repodata.mkdir(parents=True)
    (repodata / "filelists.xml.gz").write_bytes(gzip.compress(FILELISTS.encode())[:-9])
    assert "filelists.xml.gz" in read_filelists(str(tmp_path))[1][0]


def test_without_lists_there_is_nothing(tmp_path: Path) -> None:
    """As on most systems."""
    assert read_filelists(str(tmp_path)) == ({}, [])


def entry(name: str, *, version: str = "1.0", arch: str = "noarch", more: str = "") -> str:
    """Return a package of a primary.xml."""
    return (
        f'<package type="rpm"><name>{name}</name><arch>{arch}</arch>'
        f'<version epoch="0" ver="{version}" rel="1.fc40"/><summary>S &amp; T</summary>'
        f"<description>D</description><url>https://x</url><format>"
        f"<rpm:license>MIT</rpm:license>{more}</format></package>\n"
    )


NEEDS = (
    '<rpm:provides><rpm:entry name="lua-a" flags="EQ" epoch="1" ver="1.0" rel="1.fc40"/>'
    '<rpm:entry name="luarocks5.4(a)"/></rpm:provides>'
    '<rpm:requires><rpm:entry name="lua(abi)" flags="EQ" epoch="0" ver="5.4"/>'
    '<rpm:entry name="/bin/sh"/></rpm:requires>'
)


@pytest.fixture(params=DIRECTORIES)
def repodata(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return the directory of a repository's index, of each program in turn."""
    directory = tmp_path / str(request.param).lstrip("/") / "fedora-1" / "repodata"
    directory.mkdir(parents=True)
    return directory


def read(root: Path) -> dict[str, Package]:
    """Return the packages by name; one is known by a map."""
    found = read_offered(str(root), {"named"})
    assert found.warnings == ()
    return {package.name: package for package in found.packages}


def test_packages_of_lua_are_read(tmp_path: Path, repodata: Path) -> None:
    """With their versions, needs and capabilities as rpm writes them."""
    text = (
        OPENING
        + entry("bash")
        + entry("lua-a", more=NEEDS)
        + entry("named")
        + entry("lua-b", arch=os.uname().machine)
        + entry("lua-c", arch="vax")
        + "</metadata>"
    )
    (repodata / "0a-primary.xml.gz").write_bytes(gzip.compress(text.encode()))
    found = read(tmp_path)
    assert sorted(found) == ["lua-a", "lua-b", "named"]
    package = found["lua-a"]
    assert (package.version, package.summary, package.license) == ("1.0-1.fc40", "S & T", "MIT")
    assert package.provides == ("lua-a = 1:1.0-1.fc40", "luarocks5.4(a)")
    assert package.relations == ("lua(abi) = 5.4", "/bin/sh")


def test_of_several_versions_the_newest_counts(tmp_path: Path, repodata: Path) -> None:
    """By rpm's order."""
    text = OPENING + entry("lua-a", version="1.9") + entry("lua-a", version="1.10") + "</metadata>"
    (repodata / "primary.xml").write_text(text)
    assert read(tmp_path)["lua-a"].version == "1.10-1.fc40"


def test_entries_that_make_no_sense_are_passed_over(tmp_path: Path, repodata: Path) -> None:
    """Neither broken XML nor entities of its own do any harm."""
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    text = (
        OPENING
        + "<package <name>lua-x</package>"
        + '<package type="rpm"><name>lua-y</name></package>'
        + f'<package type="rpm">{bomb}<name>lua-&b;</name></package>'
        + entry("lua-z")
        + "</metadata>"
    )
    (repodata / "primary.xml").write_text(text)
    assert list(read(tmp_path)) == ["lua-z"]


def test_a_damaged_index_is_told(tmp_path: Path, repodata: Path) -> None:
    """With its name."""
    text = OPENING + entry("lua-a") * 50
    (repodata / "primary.xml.gz").write_bytes(gzip.compress(text.encode())[:-9])
    (warning,) = read_offered(str(tmp_path), set()).warnings
    assert "primary.xml.gz" in warning


@pytest.mark.parametrize("piece", ["<file ", "<package ", "<file>", "<package name="])
def test_marks_that_are_never_closed_take_no_time(piece: str, tmp_path: Path) -> None:
    """A list of files is a server's; each place of it is looked at a few times at most."""
    repodata = tmp_path / DIRECTORIES[0].lstrip("/") / "fedora/repodata"
    repodata.mkdir(parents=True)
    (repodata / "filelists.xml").write_text(f"{piece * 40_000}/lua/5.4/a.lua</package>")
    with little_time(1):
        assert read_filelists(str(tmp_path)) == ({}, [])
