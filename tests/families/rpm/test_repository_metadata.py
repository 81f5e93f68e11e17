"""What dnf and zypper last fetched is read without them."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from distrorocks.families.package import Package
from distrorocks.families.rpm.repositories import DIRECTORIES, read_offered

OPENING = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<metadata xmlns="http://linux.duke.edu/metadata/common" '
    'xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="3">\n'
)


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
