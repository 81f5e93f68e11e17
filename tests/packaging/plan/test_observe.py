"""What this system could install names the packages of its own distribution."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.packaging.plan.draft import PackagingPlan
from distrorocks.packaging.scaffold.build_order import outgrown_texts
from distrorocks.packaging.scaffold.closure import Packaged
from distrorocks.packaging.scaffold.rock_index import FolderIndex
from distrorocks.packaging.scaffold.scaffold import Request, plan_rock, read_rock
from distrorocks.packaging.scaffold.scaffold_closure import closures
from distrorocks.system.lua.jail import Jail

PRIMARY = """<metadata xmlns="http://linux.duke.edu/metadata/common"
 xmlns:rpm="http://linux.duke.edu/metadata/rpm">
<package type="rpm"><name>lua-strange</name><arch>noarch</arch>
<version epoch="0" ver="1.2" rel="3.fc43"/><summary>S</summary><format></format></package>
<package type="rpm"><name>lua5.1-strange</name><arch>noarch</arch>
<version epoch="0" ver="1.2" rel="3.fc43"/><summary>S</summary><format></format></package>
<package type="rpm"><name>lua-say</name><arch>noarch</arch>
<version epoch="0" ver="1.3" rel="9.fc43"/><summary>S</summary><format></format></package>
</metadata>
"""
FILELISTS = """<filelists xmlns="http://linux.duke.edu/metadata/filelists">
<package pkgid="1" name="lua-strange" arch="noarch"><version epoch="0" ver="1.2" rel="3.fc43"/>
<file>/usr/share/lua/5.4/plain.lua</file><file>/usr/share/lua/5.4/plain/more.lua</file></package>
<package pkgid="2" name="lua5.1-strange" arch="noarch"><version epoch="0" ver="1.2" rel="3.fc43"/>
<file>/usr/share/lua/5.1/plain.lua</file></package>
<package pkgid="3" name="lua-say" arch="noarch"><version epoch="0" ver="1.3" rel="9.fc43"/>
<file>/usr/share/lua/5.4/say/init.lua</file></package>
</filelists>
"""
PLAIN = """package = "plain"
version = "1.4-1"
source = { url = "https://example.org/plain-1.4.tar.gz" }
build = { type = "builtin", modules = { plain = "a.lua", ["plain.more"] = "b.lua" } }
"""
USER = """package = "user"
version = "1.0-1"
source = { url = "https://example.org/user-1.0.tar.gz" }
dependencies = { "%s" }
build = { type = "builtin", modules = { user = "a.lua" } }
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the root of a small Fedora whose dnf fetched everything."""
    files = {
        "etc/os-release": "ID=fedora\n",
        "var/cache/libdnf5/fedora-1/repodata/primary.xml": PRIMARY,
        "var/cache/libdnf5/fedora-1/repodata/filelists.xml": FILELISTS,
    }
    for path, text in files.items():
        place = tmp_path / "root" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return tmp_path / "root"


def plan(root: Path, folder: Path, form: str, text: str) -> PackagingPlan:
    """Return the plan of a rock on a system."""
    path = folder / "rock.rockspec"
    path.write_text(text)
    request = Request(str(path), str(folder), root=str(root))
    with Jail() as jail:
        return plan_rock(read_rock(request, jail).facts, form, request)


def test_indexes_of_the_system_name_a_package(tmp_path: Path, root: Path) -> None:
    """Packages for several Lua versions are one; its version and the indexes are in the plan."""
    fields = plan(root, tmp_path, "fedora", PLAIN).fields
    assert fields["package"].value == "lua-strange"
    evidence = "it has all 2 modules of plain, by dnf's filelists of this system"
    assert fields["package"].source == f"modules: {evidence}"
    assert fields["packaged_version"].value == "1.2-0"
    assert fields["name_sources"].value == (
        "dnf's filelists of this system",
        "the packages that this system could install",
        "what distrorocks ships",
    )


def test_indexes_are_not_used_for_another_distribution(tmp_path: Path, root: Path) -> None:
    """For that, the name of the naming rule is a guess, and reported as one."""
    found = plan(root, tmp_path, "opensuse", PLAIN)
    assert found.package == "lua-plain"
    assert ("package", "the name lua-plain of the package is a guess") in found.gaps
    assert found.name_sources == ("what distrorocks ships",)


def test_a_damaged_index_is_a_gap(tmp_path: Path, root: Path) -> None:
    """An index that cannot be read is reported in the plan."""
    (root / "var/cache/libdnf5/fedora-1/repodata/filelists.xml.gz").write_bytes(b"no gzip")
    gaps = dict(plan(root, tmp_path, "fedora", PLAIN).gaps)
    assert "filelists.xml.gz" in gaps["name_sources"]


def test_a_closure_checks_the_packaged_version(tmp_path: Path, root: Path) -> None:
    """A package that is too old for a dependency is packaged again, any other is used."""
    folder = tmp_path / "rocks"
    folder.mkdir()
    (folder / "say-1.4-1.rockspec").write_text(PLAIN.replace("plain", "say"))
    user = folder / "user-1.0-1.rockspec"
    for need, rocks, told in (
        ("say >= 1.1", ["user"], []),
        ("say >= 1.4", ["say", "user"], ["lua-say has say 1.3-1, not say >= 1.4"]),
    ):
        user.write_text(USER % need)
        request = Request(str(user), str(tmp_path), formats=("fedora",), root=str(root))
        with Jail() as jail:
            (found,) = closures(request, FolderIndex(str(folder), jail), jail)
        assert list(found.closure.rocks) == rocks
        assert list(outgrown_texts(found.closure)) == told


def test_a_closure_finds_a_package_by_its_modules(tmp_path: Path, root: Path) -> None:
    """A rock in no table is not packaged again if a package has all its modules."""
    folder = tmp_path / "rocks"
    folder.mkdir()
    (folder / "plain-1.4-1.rockspec").write_text(PLAIN)
    user = folder / "user-1.0-1.rockspec"
    user.write_text(USER % "plain >= 1.1")
    request = Request(str(user), str(tmp_path), formats=("fedora",), root=str(root))
    with Jail() as jail:
        (found,) = closures(request, FolderIndex(str(folder), jail), jail)
    assert list(found.closure.rocks) == ["user"]
    assert found.closure.packaged == (Packaged("plain", "lua-strange", "1.2-0"),)


def test_a_package_that_is_too_old_is_a_gap(tmp_path: Path, root: Path) -> None:
    """The dependency is written unchanged, and its gap contains the packaged version."""
    found = plan(root, tmp_path, "fedora", USER % "say >= 1.4")
    assert found.fields["requires"].gap == "the distribution has no say >= 1.4 (lua-say has 1.3-1)"
    assert found.fields["requires"].value
    assert not plan(root, tmp_path, "fedora", USER % "say >= 1.3").fields["requires"].gap
