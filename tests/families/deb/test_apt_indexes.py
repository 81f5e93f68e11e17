"""apt's indexes are read packed or not, and only what matters to Lua is kept."""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import subprocess
from pathlib import Path

import pytest

from distrorocks.families.deb.apt_indexes import DIRECTORY, read_contents, read_offered
from distrorocks.families.package import Packages
from tests.builders import Machine

NAME = "deb.example_dists_x_main_binary-amd64_Packages"

CONTENTS = b"""bin/ls                                    utils/coreutils
usr/share/lua/5.4/a.lua                 interpreters/lua-a,contrib/libs/other
usr/share/lua/5.4/a/b c.lua      interpreters/lua-a
usr/lib/x86_64-linux-gnu/lua/5.3/c.so   interpreters/lua-c
usr/share/doc/lua/5.4/readme            doc/lua-doc
"""


def entry(name: str, version: str = "1.0-1", architecture: str = "amd64", more: str = "") -> str:
    """Return an entry of an index."""
    return f"Package: {name}\nVersion: {version}\nArchitecture: {architecture}\n{more}\n"


INDEX = (
    entry("bash")
    + entry("lua-a", more="Depends: libc6 (>= 2), lua-b\nLua-Versions: 5.4\n")
    + entry("named", more="Description: one\n of two\n")
    + entry("odd", more="Provides: lua5.4-rock-odd (= 1-1)\n")
    + entry("lua-foreign", architecture="i386")
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a root of amd64."""
    machine = Machine(tmp_path)
    machine.status.write_text(
        "Package: dpkg\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n"
    )
    return tmp_path


def put(root: Path, content: bytes, name: str = NAME) -> None:
    """Put an index where apt does."""
    place = root / DIRECTORY.lstrip("/")
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_bytes(content)


def read(root: Path) -> Packages:
    """Return what is read; one package is known by its name."""
    return read_offered(str(root), {"named"})


def names(root: Path) -> list[str]:
    """Return the names that are read, without any fault."""
    found = read(root)
    assert found.warnings == ()
    return [package.name for package in found.packages]


@pytest.mark.parametrize(
    ("ending", "pack"),
    [("", bytes), (".gz", gzip.compress), (".xz", lzma.compress), (".bz2", bz2.compress)],
)
def test_an_index_is_read_packed_or_not(root: Path, ending: str, pack: type[bytes]) -> None:
    """What is of Lua by its name, a field or a capability; what a map names; nothing else."""
    put(root, pack(INDEX.encode()), NAME + ending)
    assert names(root) == ["lua-a", "named", "odd"]
    package = read(root).packages[0]
    assert package.relations == ("libc6 (>= 2)", "lua-b")
    assert package.lua_versions == ("5.4",)


@pytest.mark.skipif(
    not (shutil.which("lz4") and Path("/usr/lib/apt/apt-helper").exists()), reason="no lz4"
)
def test_an_index_of_debian_is_unpacked_by_a_program(root: Path) -> None:
    """apt itself keeps them in lz4 on Debian's images."""
    put(root, b"", "plain")
    packed = subprocess.run(["lz4", "-c"], input=INDEX.encode(), capture_output=True, check=True)
    put(root, packed.stdout, f"{NAME}.lz4")
    assert names(root) == ["lua-a", "named", "odd"]


def test_of_several_versions_the_newest_counts(root: Path) -> None:
    """In whichever index it is, by dpkg's order."""
    put(root, entry("lua-a", "1.10-1").encode())
    put(root, entry("lua-a", "1.9-1").encode(), NAME.replace("_x_", "_y_"))
    assert [package.version for package in read(root).packages] == ["1.10-1"]


def test_a_broken_index_is_told_and_the_others_are_read(root: Path) -> None:
    """It hides nothing of them."""
    put(root, gzip.compress(INDEX.encode())[:-20], f"{NAME}.gz")
    put(root, b"\x00" * 100 + b"\n\nnot an entry\n\nPackage: lua-x\nrubbish", "a_Packages")
    put(root, entry("lua-z").encode(), "z_Packages")
    found = read(root)
    assert "lua-z" in [package.name for package in found.packages]
    (warning,) = found.warnings
    assert f"{NAME}.gz" in warning


def test_other_files_are_not_looked_at(root: Path) -> None:
    """Nor links, which may lead out of the root."""
    put(root, INDEX.encode(), "deb.example_InRelease")
    outside = root / "outside"
    outside.write_text(INDEX)
    (root / DIRECTORY.lstrip("/") / NAME).symlink_to(outside)
    assert names(root) == []


def test_a_root_without_apt_offers_nothing(tmp_path: Path) -> None:
    """And nothing is told."""
    assert read_offered(str(tmp_path), set()) == Packages(())


def test_each_package_has_its_files_of_lua(tmp_path: Path) -> None:
    """Sections are no part of its name; other files and other architectures do not count."""
    put(tmp_path, gzip.compress(CONTENTS), "x_main_Contents-amd64.gz")
    put(tmp_path, b"usr/share/lua/5.4/d.lua s/lua-a\n", "x_main_Contents-all")
    put(tmp_path, b"usr/share/lua/5.4/e.lua s/lua-a\n", "x_main_Contents-i386")
    files, warnings = read_contents(str(tmp_path), "amd64")
    assert warnings == []
    assert files == {
        "lua-a": (
            "/usr/share/lua/5.4/a.lua",
            "/usr/share/lua/5.4/a/b c.lua",
            "/usr/share/lua/5.4/d.lua",
        ),
        "other": ("/usr/share/lua/5.4/a.lua",),
        "lua-c": ("/usr/lib/x86_64-linux-gnu/lua/5.3/c.so",),
    }


def test_damage_of_contents_is_reported(tmp_path: Path) -> None:
    """What comes before it counts."""
    put(tmp_path, gzip.compress(CONTENTS)[:-10], "x_Contents-all.gz")
    assert "x_Contents-all.gz" in read_contents(str(tmp_path), "amd64")[1][0]


def test_a_root_without_contents_lists_no_files(tmp_path: Path) -> None:
    """As on most systems."""
    assert read_contents(str(tmp_path), "amd64") == ({}, [])
