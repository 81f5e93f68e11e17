"""The packages of Lua that a root's package managers could install, of every family it has."""

from __future__ import annotations

from distrorocks.families.known import FAMILIES, installed_families
from distrorocks.families.names import NameTable
from distrorocks.families.package import Package, Packages


def read_offered(root: str, names: NameTable) -> Packages:
    """Return the newest version of each package that may be a rock, and what could not be read."""
    packages: list[Package] = []
    warnings: list[str] = []
    for family in installed_families(root):
        found = FAMILIES[family].read_offered(root, names.known_packages(family))
        packages += found.packages
        warnings += found.warnings
    return Packages(tuple(packages), tuple(warnings))


def read_unmapped(root: str, names: NameTable) -> Packages:
    """Return packages of Lua that no map knows, with their files of Lua.

    Only their modules can tell which rocks they are. There are some where the package manager was
    told to fetch lists of files, as apt-file does.
    """
    packages: list[Package] = []
    warnings: list[str] = []
    for family in installed_families(root):
        listed = FAMILIES[family].read_listings(root)
        warnings += listed.warnings
        unmapped = {name for name in listed.files if not names.is_mapped(family, name)}
        if not unmapped:
            continue
        found = FAMILIES[family].read_offered(root, unmapped)
        warnings += found.warnings
        packages += [
            each._replace(files=listed.files[each.name])
            for each in found.packages
            if each.name in unmapped
        ]
    return Packages(tuple(packages), tuple(warnings))
