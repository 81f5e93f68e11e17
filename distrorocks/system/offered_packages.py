"""The packages of Lua that a root's package managers could install, of every family it has."""

from __future__ import annotations

from distrorocks.distro.names import NameTable
from distrorocks.distro.package import Package, Packages
from distrorocks.system import apt_lists, repository_metadata
from distrorocks.system.distribution import installed_families

_READERS = {"deb": apt_lists.read_offered, "rpm": repository_metadata.read_offered}


def read_offered(root: str, names: NameTable) -> Packages:
    """Return the newest version of each package that may be a rock, and what could not be read."""
    packages: list[Package] = []
    warnings: list[str] = []
    for family in installed_families(root):
        found = _READERS[family](root, names.known_packages(family))
        packages += found.packages
        warnings += found.warnings
    return Packages(tuple(packages), tuple(warnings))
