"""All that a root's package databases say of Lua: packages, architectures, where libraries lie."""

from __future__ import annotations

from typing import NamedTuple

from distrorocks.families.deb import database as dpkg_database
from distrorocks.families.deb.family import triplet
from distrorocks.families.distribution import installed_families
from distrorocks.families.package import Package
from distrorocks.families.rpm import database as rpm_database
from distrorocks.system.files.cache import Cache

_WIDE = frozenset({"x86_64", "aarch64", "ppc64le", "s390x", "riscv64", "loongarch64", "mips64el"})


class Installed(NamedTuple):
    """``native`` are the architectures of this root; ``library_dir`` is ``lib``, ``lib64`` or
    Debian's ``lib/<triplet>``, below ``/usr``."""

    packages: tuple[Package, ...]
    native: frozenset[str]
    library_dir: str
    families: tuple[str, ...]
    warnings: tuple[str, ...]


def read_installed(root: str, cache: Cache | None = None) -> Installed:
    """Return the packages with Lua files of every package database in ``root``.

    What ``cache`` knows of dpkg's packages is not looked up again.
    """
    families = installed_families(root)
    packages: list[Package] = []
    warnings: list[str] = []
    native: set[str] = set()
    library_dir = "lib"
    if "rpm" in families:
        found = rpm_database.read_packages(root)
        packages += found.packages
        warnings += found.warnings
        architectures = {package.architecture for package in found.packages}
        native |= architectures & _WIDE or architectures
        if any(path.startswith("/usr/lib64/lua/") for one in found.packages for path in one.files):
            library_dir = "lib64"
    if "deb" in families:
        found = dpkg_database.read_packages(root, cache)
        warnings += found.warnings
        packages += found.packages
        architecture = dpkg_database.read_native_architecture(root)
        if architecture and (found.packages or not packages):
            native.add(architecture)
            library_dir = f"lib/{triplet(architecture)}"
    return Installed(tuple(packages), frozenset(native), library_dir, families, tuple(warnings))
