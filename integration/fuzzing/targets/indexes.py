"""What could be installed: apt's, dnf's and pacman's indexes; the administrator's names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from distrorocks.families.deb.apt_indexes import (
    find_in_contents,
    read_contents,
    read_offered as read_apt,
)
from distrorocks.families.names import NameTable
from distrorocks.families.names_file import NAMES_FILE, read_administrator_names
from distrorocks.families.package import Package
from distrorocks.families.pacman.repositories import (
    find_in_listings,
    read_listings as read_pacman_files,
)
from distrorocks.families.rock_modules import RockModules
from distrorocks.families.rpm.repositories import (
    find_in_filelists,
    read_filelists,
    read_offered as read_dnf,
)
from integration.fuzzing.archives import archive, tar_of
from integration.fuzzing.target import Target, with_file
from tests.builders import debian
from tests.families.deb.test_apt_indexes import CONTENTS
from tests.families.rpm.test_repositories import FILELISTS

_LISTS = "var/lib/apt/lists"
_REPODATA = "var/cache/dnf/fedora-0123/repodata"
_PACKAGES = b"""Package: lua-lpeg
Architecture: amd64
Version: 1.0.2-2
Depends: lua5.4 | lua5.3, libc6 (>= 2.4)
Provides: lua5.4-rock-lpeg (= 1.0.2-1)
Lua-Versions: 5.3 5.4
Description: patterns
 Long.

Package: other
Architecture: all
Version: 2:1~rc1

"""
_PRIMARY = b"""<?xml version="1.0" encoding="UTF-8"?>
<metadata xmlns="http://linux.duke.edu/metadata/common"
 xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="1">
<package type="rpm"><name>lua-lpeg</name><arch>noarch</arch>
<version epoch="1" ver="1.0.2" rel="3.fc40"/><summary>Patterns</summary>
<description>Long &amp; wide</description><url>http://a.example</url>
<format><rpm:license>MIT</rpm:license>
<rpm:provides><rpm:entry name="lua(lpeg)" flags="EQ" epoch="0" ver="1.0.2" rel="1"/></rpm:provides>
<rpm:requires><rpm:entry name="lua(abi)" flags="EQ" epoch="0" ver="5.4"/></rpm:requires>
</format></package></metadata>
"""
_NAMES = b"""[lua-foo]
rock = "foo"
version = "{upstream}-1"
versions = { "1.0" = "1.0-2" }
evidence = "its modules"
confidence = "high"
[lua-bar]
publish = false
reason = "none"
[lua-two]
rocks = [ { rock = "a", lua = ["5.1"], modules = ["a"] }, { rock = "b", version = "2-{lua}" } ]
"""


def _contents(root: Path) -> None:
    read_contents(str(root), "amd64")
    find_in_contents(str(root), ("/lpeg.so", "/zlib.", "/z.h"))


def _filelists(root: Path) -> None:
    read_filelists(str(root))
    find_in_filelists(str(root), ("/lfs.so", "/bash"))


def _pacman_files(root: Path) -> None:
    read_pacman_files(str(root))
    find_in_listings(str(root), ("/say.lua",))


def _packages(root: Path) -> None:
    for package in read_apt(str(root), {"other"}).packages:
        assert package.name, "a package without a name"
        assert package.version, "a package without a version"


def _apt(check: Callable[[Path], object], place: str) -> Target:
    def prepare(root: Path) -> Callable[[bytes], object]:
        debian(root)
        return with_file(f"{_LISTS}/{place}", check)(root)

    seeds = (CONTENTS,) if "Contents" in place else (_PACKAGES,)
    return Target("apt-contents" if "Contents" in place else "apt-packages", prepare, lambda: seeds)


def _names(root: Path) -> None:
    entries = read_administrator_names(str(root))
    table = NameTable(
        administrator=entries,
        shipped=lambda _: {},
        rock_modules=lambda: RockModules(""),
        rock_versions={},
    )
    for name in (*entries, "lua5.4-foo"):
        package = Package("deb", name, "1.0-1", "all")
        for rock in table.rocks_of(package, "5.1", {"a"}):
            table.version_of(package, rock)
        table.claimed_modules(package)


INDEX_TARGETS = (
    _apt(_contents, "x_main_Contents-amd64"),
    _apt(_packages, "x_main_Packages"),
    Target(
        "dnf-primary",
        with_file(f"{_REPODATA}/a-primary.xml", lambda root: read_dnf(str(root), {"other"})),
        lambda: (_PRIMARY,),
    ),
    Target(
        "dnf-filelists",
        with_file(f"{_REPODATA}/a-filelists.xml", _filelists),
        lambda: (FILELISTS.encode(),),
    ),
    Target(
        "pacman-files",
        with_file("var/lib/pacman/sync/extra.files", _pacman_files),
        lambda: [
            tar_of({"lua-say-1:1.4.1-3/files": b"%FILES%\nusr/share/lua/5.4/say.lua\n"}, packer)
            for packer in ("gz", "", "xz")
        ],
        (archive,) * 2,
    ),
    Target("names-file", with_file(NAMES_FILE.lstrip("/"), _names), lambda: (_NAMES,)),
)
