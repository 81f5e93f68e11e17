"""What the package databases of a root say together."""

from __future__ import annotations

from pathlib import Path

import pytest

from distrorocks.families.installed import Databases, Installed, read_installed
from distrorocks.families.package import Package, Packages
from distrorocks.families.rpm import database as rpm_database
from tests.builders import debian

MODULE = "distrorocks.families.installed"


def rpm(name: str, architecture: str, *files: str) -> Package:
    """Return an rpm package."""
    return Package("rpm", name, "1.0-1", architecture, files=files)


def with_rpm(monkeypatch: pytest.MonkeyPatch, *packages: Package) -> None:
    """Let the root have an rpm database with these packages."""
    monkeypatch.setattr(f"{MODULE}.installed_families", lambda _: ("rpm",))
    monkeypatch.setattr(rpm_database, "read_packages", lambda _: Packages(packages))


def test_debian_keeps_libraries_under_its_triplet(tmp_path: Path) -> None:
    """The architecture of the package dpkg says which triplet that is."""
    found = read_installed(str(debian(tmp_path).root))
    assert (found.library_dir, found.native) == ("lib/x86_64-linux-gnu", frozenset({"amd64"}))
    assert {package.name for package in found.packages} == {"lua-lpeg", "lua-penlight"}


def test_rpm_systems_use_lib64_where_modules_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """A 32-bit package beside it does not change the tree, nor count as native."""
    with_rpm(
        monkeypatch,
        rpm("a", "x86_64", "/usr/lib64/lua/5.4/a.so"),
        rpm("b", "i686", "/usr/lib/lua/5.4/b.so"),
        rpm("c", "noarch", "/usr/share/lua/5.4/c.lua"),
    )
    found = read_installed("/")
    assert (found.library_dir, found.native) == ("lib64", frozenset({"x86_64"}))


def test_a_32_bit_rpm_system_is_native_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any wide architecture, what is installed is what runs."""
    with_rpm(monkeypatch, rpm("b", "i686", "/usr/lib/lua/5.4/b.so"))
    found = read_installed("/")
    assert (found.library_dir, found.native) == ("lib", frozenset({"i686"}))


def test_a_root_without_databases_has_no_packages(tmp_path: Path) -> None:
    """That is told by the families, which are none."""
    found = read_installed(str(tmp_path))
    assert (found.packages, found.families) == ((), ())


def test_the_packages_of_databases_are_read_on_first_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian's directory of libraries is known without them; then they are read once."""
    asked = []

    def read(root: str) -> Installed:
        asked.append(root)
        return read_installed(root)

    monkeypatch.setattr(f"{MODULE}.read_installed", read)
    root = str(debian(tmp_path).root)
    found = Databases(root)
    assert (found.families, found.library_dir, asked) == (("deb",), "lib/x86_64-linux-gnu", [])
    assert [each.name for each in found.packages] == ["lua-lpeg", "lua-penlight"]
    assert (len(found.packages), found.packages[0].name, asked) == (2, "lua-lpeg", [root])


def test_the_packages_tell_where_libraries_are_on_other_systems(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As ``read_installed`` has it."""
    with_rpm(monkeypatch, rpm("a", "x86_64", "/usr/lib64/lua/5.4/a.so"))
    assert Databases("/").library_dir == "lib64"
