"""How a person installs or removes packages, by distribution: told, never run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class PackageCommand(NamedTuple):
    """The words that come before the names of packages."""

    install: str
    remove: str


_APT = PackageCommand("apt install", "apt remove")
_DNF = PackageCommand("dnf install", "dnf remove")
_ZYPPER = PackageCommand("zypper install", "zypper remove")
_BY_NAME = {
    "debian": _APT,
    "ubuntu": _APT,
    "altlinux": PackageCommand("apt-get install", "apt-get remove"),
    "fedora": _DNF,
    "rhel": _DNF,
    "centos": _DNF,
    "mageia": _DNF,
    "openmandriva": _DNF,
    "suse": _ZYPPER,
    "opensuse": _ZYPPER,
    "arch": PackageCommand("pacman -S", "pacman -R"),
    "alpine": PackageCommand("apk add", "apk del"),
    "openwrt": PackageCommand("opkg install", "opkg remove"),
}
_BY_FAMILY = {"deb": _APT, "rpm": _DNF}


def package_command(names: Sequence[str], families: Sequence[str] = ()) -> PackageCommand:
    """Return the commands of a distribution.

    ``names`` are its id and those it is like, nearest first; where none is known its package
    ``families`` decide, and where they are not known either, the words are what is meant.
    """
    for name in names:
        known = _BY_NAME.get(name) or _BY_NAME.get(name.partition("-")[0])
        if known:
            return known
    for family in families:
        if family in _BY_FAMILY:
            return _BY_FAMILY[family]
    return PackageCommand("install the package", "remove the package")
