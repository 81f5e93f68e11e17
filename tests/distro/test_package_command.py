"""What a person would type to install a package."""

from __future__ import annotations

import pytest

from distrorocks.distro.package_command import package_command


@pytest.mark.parametrize(
    ("names", "families", "install"),
    [
        (["debian"], ["deb"], "apt install"),
        (["pop", "ubuntu", "debian"], ["deb"], "apt install"),
        (["rocky", "rhel", "centos", "fedora"], ["rpm"], "dnf install"),
        (["opensuse-tumbleweed", "opensuse", "suse"], ["rpm"], "zypper install"),
        (["opensuse-leap"], ["rpm"], "zypper install"),
        (["unheard-of"], ["rpm"], "dnf install"),
        ([], ["deb"], "apt install"),
        (["alpine"], [], "apk add"),
        ([], [], "install the package"),
    ],
)
def test_the_nearest_name_decides(names: list[str], families: list[str], install: str) -> None:
    """The distribution itself, then what it is like, then its package database."""
    assert package_command(names, families).install == install
