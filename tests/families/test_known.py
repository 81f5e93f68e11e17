"""Families are found by their databases, imported on first use, and name their commands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from distrorocks.families.known import (
    FAMILIES,
    PLACES,
    installed_families,
    leading_family,
    no_database,
)
from tests.builders import debian

IMPORTED = """
import sys
from distrorocks.cli.main import main
sys.argv = ["distrorocks", "refresh", "--hook", "--root", sys.argv[1]]
main()
print(*(name for name in sys.modules if name.startswith("distrorocks.families.")), file=sys.stderr)
"""


def test_families_are_those_whose_database_is_there(tmp_path: Path) -> None:
    """An empty status, as debootstrap leaves for rpm's sake, is no database."""
    root = str(tmp_path)
    (tmp_path / "var/lib/dpkg").mkdir(parents=True)
    (tmp_path / "var/lib/dpkg/status").write_text("")
    assert installed_families(root) == ()
    (tmp_path / "var/lib/dpkg/status").write_text("Package: x\n")
    assert installed_families(root) == ("deb",)
    (tmp_path / "var/lib/rpm").mkdir()
    assert installed_families(root) == ("deb",)
    (tmp_path / "var/lib/rpm/rpmdb.sqlite").write_text("x")
    assert installed_families(root) == ("deb", "rpm")


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_has_the_name_of_its_folder(name: str) -> None:
    """By which packages name it, and names of packages are known of one distribution at least."""
    assert FAMILIES[name].name == name
    assert FAMILIES[name].distributions
    assert not FAMILIES[name].is_present("/nowhere")


def test_what_is_no_family_is_not_imported() -> None:
    """A word from elsewhere leads to no module."""
    with pytest.raises(KeyError):
        FAMILIES["family"]


def test_the_first_family_leads_where_there_is_none() -> None:
    """Else the first of those that a system has."""
    assert leading_family(()).name == next(iter(PLACES))
    assert leading_family(("rpm", "deb")).name == "rpm"


def test_the_report_of_no_database_names_all_families() -> None:
    """So who adds one does not change it."""
    assert all(name in no_database("/mnt") for name in FAMILIES)


def test_a_hook_imports_the_families_that_are_there(tmp_path: Path) -> None:
    """Start-up is most of what it costs."""
    root = debian(tmp_path / "root").root
    asked = [sys.executable, "-c", IMPORTED, str(root)]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    parts = {name.split(".")[2] for name in done.stderr.splitlines()[-1].split()}
    assert parts & set(FAMILIES) == {"deb"}


@pytest.mark.parametrize(
    ("family", "distribution", "install", "remove"),
    [
        ("deb", "debian", "apt install", "apt remove"),
        ("rpm", "fedora", "dnf install", "dnf remove"),
        ("rpm", "opensuse-leap", "zypper install", "zypper remove"),
        ("rpm", "altlinux", "apt-get install", "apt-get remove"),
        ("apk", "alpine", "apk add", "apk del"),
        ("pacman", "arch", "pacman -S", "pacman -R"),
    ],
)
def test_packages_are_removed_by_a_command_that_removes(
    family: str, distribution: str, install: str, remove: str
) -> None:
    """A hint to remove a package never tells people to install it."""
    assert FAMILIES[family].install_command([distribution]) == install
    assert FAMILIES[family].remove_command([distribution]) == remove
