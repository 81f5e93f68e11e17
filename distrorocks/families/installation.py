"""The distributions whose packages' names are known, and how a package is installed there."""

from __future__ import annotations

from collections.abc import Iterable

from distrorocks.families.deb.family import DEB
from distrorocks.families.external_library import ExternalLibrary
from distrorocks.families.rpm.family import RPM

_INSTALL = {
    "debian": DEB.install_command(["debian"]),
    "fedora": RPM.install_command(["fedora"]),
    "opensuse": RPM.install_command(["opensuse"]),
    "arch": "pacman -S",  # no family of these is read yet
    "alpine": "apk add",
}
_SAME = {
    "ubuntu": "debian",
    "rhel": "fedora",
    "centos": "fedora",
    "suse": "opensuse",
    "sles": "opensuse",
    "opensuse-leap": "opensuse",
    "opensuse-tumbleweed": "opensuse",
    "archlinux": "arch",
}
_HAS_CAPABILITIES = frozenset({"fedora", "opensuse"})


def known_distribution(ids: Iterable[str]) -> str:
    """Return the first of os-release's ids whose packages are known, by one name; "" for none."""
    for written in ids:
        name = _SAME.get(written, written)
        if name in _INSTALL:
            return name
    return ""


def development_package(library: ExternalLibrary, distribution: str) -> str:
    """Return the package that has what building against a library needs, "" if it is not known.

    RPM's distributions also install ``pkgconfig(NAME)``, whatever the package is called.
    """
    if distribution in library.packages:
        return library.packages[distribution]
    if distribution in _HAS_CAPABILITIES and library.pkg_config:
        return f"pkgconfig({library.pkg_config[0]})"
    return ""


def install_command(distribution: str, packages: Iterable[str]) -> str:
    """Return the command that installs packages, "" where there is nothing to say."""
    words = [f"'{each}'" if "(" in each else each for each in dict.fromkeys(packages)]
    if not words or distribution not in _INSTALL:
        return ""
    return " ".join([_INSTALL[distribution], *words])
