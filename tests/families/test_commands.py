"""Each family names the commands of its own package manager."""

from __future__ import annotations

import pytest

from distrorocks.families.known import FAMILIES


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
